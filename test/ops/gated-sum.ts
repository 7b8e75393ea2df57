import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

const NAMES = ['gateA', 'a', 'gateB', 'b'] as const

export const gatedSum: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    const inputs = Object.fromEntries(NAMES.map((name) => [name, floats(random, 'S', S, width)]))
    return { symbols: { S }, inputs, attributes: {} }
  },
  reference({ inputs }) {
    const [gateA, a, gateB, b] = NAMES.map((name) => rowsOf(inputs[name]!).flat())
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
    return [a.map((value, i) => sigmoid(gateA[i]) * value + sigmoid(gateB[i]) * b[i])]
  },
}

export const gatedSumGradient: OpTest = {
  case(random) {
    const { symbols, inputs, attributes } = gatedSum.case(random)
    const dSum = floats(random, 'S', symbols.S, inputs.a!.width)
    return { symbols, inputs: { ...inputs, dSum }, attributes }
  },
  reference({ inputs }) {
    const slope = rowsOf(inputs.dSum!).flat()
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
    return (['a', 'b'] as const).flatMap((name) => {
      const x = rowsOf(inputs[name]!).flat()
      const open = rowsOf(inputs[name === 'a' ? 'gateA' : 'gateB']!)
        .flat()
        .map(sigmoid)
      return [x.map((value, i) => open[i] * (1 - open[i]) * value * slope[i]), slope.map((d, i) => open[i] * d)]
    })
  },
}
