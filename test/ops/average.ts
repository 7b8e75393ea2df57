import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, sentences, whole } from '../engine/program/random-operands.ts'

export const op: OpTest = {
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
