import { rowsOf, sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { valuesAndGradients } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case: valuesAndGradients,
  reference({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    return [rowsOf(inputs.y!).flatMap((y, s) => y.map((v, i) => dy[s][i] - Math.exp(v) * sum(dy[s])))]
  },
}
