import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, whole } from '../engine/program/random-operands.ts'
import { op as depthwise } from './depthwise.ts'

export const op: OpTest = {
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
