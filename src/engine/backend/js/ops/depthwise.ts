import { spanAt, spanLength } from '../../interface/spans.ts'
import { forTaps } from '../functions/convolution.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { checkTiles, clear, rowAt } from '../operands/recurrence.ts'

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

export const checkDepthwiseGradient: Check<'depthwiseGradient'> = ({ x, spans }) =>
  checkTiles('depthwiseGradient', spans, x.rows)

export const depthwiseGradient: Kernel<'depthwiseGradient'> = (call) => {
  const { x, weight, spans, dConvolved, dWeight, dx, dilation, before } = call
  clear(dx)
  for (let b = 0; b < spans.rows; b++) {
    const begin = spanAt(spans, b)
    const end = begin + spanLength(spans, b)
    for (let row = begin; row < end; row++)
      forTaps({ begin, end, taps: weight.rows, dilation, before }, row, (tap, read) => {
        for (let i = 0; i < x.width; i++) {
          const dy = dConvolved.data[rowAt(dConvolved, row) + i]
          // y[row] has the term weight[tap] · x[read]: each factor gets dy times the other.
          dx.data[rowAt(dx, read) + i] += weight.data[rowAt(weight, tap) + i] * dy
          dWeight.data[rowAt(dWeight, tap) + i] += x.data[rowAt(x, read) + i] * dy
        }
      })
  }
}
