import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { op as average } from './average.ts'

export const op: OpTest = {
  case(random) {
    const { inputs, ...others } = average.case(random)
    return { ...others, inputs: { dAveraged: inputs.x, spans: inputs.spans } }
  },
  reference({ inputs }) {
    const slopes = rowsOf(inputs.dAveraged!)
    return [
      rowsOf(inputs.spans!).flatMap(([begin, end]) =>
        slopes
          .slice(begin, end)
          .flatMap((row, k) =>
            row.map((_, i) => slopes.slice(begin + k, end).reduce((sum, later, t) => sum + later[i] / (k + t + 1), 0)),
          ),
      ),
    ]
  },
  freeWidths: ['dAveraged'],
}
