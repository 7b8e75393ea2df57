import { rowsOf, sum } from '../program/mathematics.ts'
import type { OpTest } from '../program/op-tests.ts'
import { valuesAndGradients } from '../program/random-operands.ts'

export const op: OpTest = {
  case: valuesAndGradients,
  reference({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    return [rowsOf(inputs.y!).flatMap((y, s) => y.map((v, i) => dy[s][i] - Math.exp(v) * sum(dy[s])))]
  },
}
