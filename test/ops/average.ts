import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, sentences, whole } from '../engine/program/random-operands.ts'

export const average: OpTest = {
  case(random) {
    const [B, width] = [random.pick([0, 1, 2, 5]), random.width()]
    const { spans, total: T } = sentences(random, B, 40)
    const inputs = { x: floats(random, 'T', T, width), spans: whole('B', 2, spans) }
    return { symbols: { T, B }, inputs, attributes: {} }
  },
  reference({ inputs }) {
    const x = rowsOf(inputs.x!)
    return [
      rowsOf(inputs.spans!).flatMap(([begin, end]) =>
        x.slice(begin, end).flatMap((row, t) => {
          const seen = x.slice(begin, begin + t + 1)
          return row.map((_, i) => seen.reduce((sum, values) => sum + values[i], 0) / seen.length)
        }),
      ),
    ]
  },
  freeWidths: ['x'],
}

export const averageGradient: OpTest = {
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
