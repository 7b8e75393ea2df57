import { spanAt, spanLength } from '../../interface/spans.ts'
import { forTaps } from '../functions/convolution.ts'
import { checkRange, checkSpans } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const checkDepthwiseStep: Check<'depthwiseStep'> = ({ slots, ancestors, spans, cache }) => {
  checkRange('depthwiseStep', 'slot', slots, 0, cache.rows)
  checkRange('depthwiseStep', 'ancestor', ancestors, 0, cache.rows)
  checkSpans('depthwiseStep', 'spans', spans, ancestors.rows)
}

export const depthwiseStep: Kernel<'depthwiseStep'> = (call) => {
  const { x, weight, slots, ancestors, spans, cache, convolved, dilation } = call
  const { width } = x
  for (let row = 0; row < x.rows; row++) {
    const to = rowAt(cache, slots.data[rowAt(slots, row)])
    for (let i = 0; i < width; i++) cache.data[to + i] = x.data[rowAt(x, row) + i]
  }
  const sums = new Float64Array(width)
  const taps = weight.rows
  for (let row = 0; row < x.rows; row++) {
    const begin = spanAt(spans, row)
    const end = begin + spanLength(spans, row)
    sums.fill(0)
    if (end > begin)
      forTaps({ begin, end, taps, dilation, before: taps - 1 }, end - 1, (tap, read) => {
        const from = rowAt(cache, ancestors.data[rowAt(ancestors, read)])
        for (let i = 0; i < width; i++) sums[i] += weight.data[rowAt(weight, tap) + i] * cache.data[from + i]
      })
    for (let i = 0; i < width; i++) convolved.data[rowAt(convolved, row) + i] = sums[i]
  }
}
