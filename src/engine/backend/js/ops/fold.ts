import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const checkFold: Check<'fold'> = ({ x, inverse, index, taps }) => {
  checkRange('fold', 'place', inverse, -1, x.rows * taps)
  if (index) checkRange('fold', 'row', index, -1, inverse.rows)
}

export const fold: Kernel<'fold'> = ({ x, inverse, folded, taps }) => {
  const { width } = folded
  for (let s = 0; s < folded.rows; s++) {
    const to = rowAt(folded, s)
    folded.data.fill(0, to, to + width)
    for (let m = 0; m < inverse.width; m++) {
      const place = inverse.data[rowAt(inverse, s) + m]
      if (place < 0) continue
      const from = rowAt(x, Math.floor(place / taps)) + (place % taps) * width
      for (let i = 0; i < width; i++) folded.data[to + i] += x.data[from + i]
    }
  }
}
