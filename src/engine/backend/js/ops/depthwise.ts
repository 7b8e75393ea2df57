import { spanAt, spanLength } from '../../interface/spans.ts'
import { forTaps } from '../functions/convolution.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { checkTiles, rowAt } from '../operands/recurrence.ts'

export const checkDepthwise: Check<'depthwise'> = ({ x, spans }) => checkTiles('depthwise', spans, x.rows)

export const depthwise: Kernel<'depthwise'> = ({ x, weight, spans, convolved, dilation, before }) => {
  const sums = new Float64Array(x.width)
  for (let b = 0; b < spans.rows; b++) {
    const begin = spanAt(spans, b)
    const end = begin + spanLength(spans, b)
    for (let row = begin; row < end; row++) {
      sums.fill(0)
      forTaps({ begin, end, taps: weight.rows, dilation, before }, row, (tap, read) => {
        for (let i = 0; i < x.width; i++) sums[i] += weight.data[rowAt(weight, tap) + i] * x.data[rowAt(x, read) + i]
      })
      for (let i = 0; i < x.width; i++) convolved.data[rowAt(convolved, row) + i] = sums[i]
    }
  }
}
