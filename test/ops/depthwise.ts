import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, sentences, whole } from '../engine/program/random-operands.ts'

export const depthwise: OpTest = {
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

export const depthwiseGradient: OpTest = {
  case(random) {
    const { symbols, inputs, attributes } = depthwise.case(random)
    const { rows, width } = inputs.weight!
    const more = {
      dConvolved: floats(random, 'T', symbols.T, inputs.x!.width),
      dWeight: whole(rows, width, random.floats((rows as number) * width)),
    }
    return { symbols, inputs: { ...inputs, ...more }, attributes }
  },
  reference({ inputs, attributes }) {
    const [x, weight, spans] = [inputs.x!, inputs.weight!, inputs.spans!].map(rowsOf)
    const [dy, dWeight] = [inputs.dConvolved!, inputs.dWeight!].map(rowsOf)
    const { dilation, before } = attributes as { dilation: number; before: number }
    const dx = x.map((row) => row.map(() => 0))
    for (const [begin, end] of spans)
      for (let s = begin; s < end; s++)
        for (let t = begin; t < end; t++)
          for (const [j, row] of weight.entries())
            if (s - t === (j - before) * dilation)
              for (const [i, value] of row.entries()) {
                dx[s][i] += value * dy[t][i]
                dWeight[j][i] += x[s][i] * dy[t][i]
              }
    return [dx.flat(), dWeight.flat()]
  },
}
