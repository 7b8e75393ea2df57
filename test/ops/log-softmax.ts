import { logSoftmax as logSoftmaxOf, rowsOf, sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, valuesAndGradients } from '../engine/program/random-operands.ts'

export const logSoftmax: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return { symbols: { S }, inputs: { x: floats(random, 'S', S, width) }, attributes: {} }
  },
  reference: ({ inputs }) => [rowsOf(inputs.x!).flatMap(logSoftmaxOf)],
  freeWidths: ['x'],
}

export const logSoftmaxGradient: OpTest = {
  case: valuesAndGradients,
  reference({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    return [rowsOf(inputs.y!).flatMap((y, s) => y.map((v, i) => dy[s][i] - Math.exp(v) * sum(dy[s])))]
  },
}
