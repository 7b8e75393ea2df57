import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, sentences, whole } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [B, width, taps] = [random.pick([0, 1, 2, 5]), random.width(), random.pick([1, 3, 4, 7])]
    const { spans, total: T } = sentences(random, B, 20)
    const inputs = {
      x: floats(random, 'T', T, width),
      weight: floats(random, taps, taps, width),
      spans: whole('B', 2, spans),
    }
    const attributes = { dilation: random.pick([1, 2, 5]), before: random.integer(0, taps - 1) }
    return { symbols: { T, B }, inputs, attributes }
  },
  /** Each sentence with zeros around it, and the sum over all taps of every row. */
  reference({ inputs, attributes }) {
    const [x, weight, spans] = [inputs.x!, inputs.weight!, inputs.spans!].map(rowsOf)
    const { dilation, before } = attributes as { dilation: number; before: number }
    const zeros = weight[0].map(() => 0)
    const convolved = spans.flatMap(([begin, end]) => {
      const sentence = x.slice(begin, end)
      return sentence.map((_, t) =>
        zeros.map((_, i) =>
          weight.reduce((sum, row, j) => sum + row[i] * (sentence[t + (j - before) * dilation] ?? zeros)[i], 0),
        ),
      )
    })
    return [convolved.flat()]
  },
}
