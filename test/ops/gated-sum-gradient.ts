import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'
import { op as gatedSum } from './gated-sum.ts'

export const op: OpTest = {
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
