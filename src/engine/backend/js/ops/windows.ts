import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const checkWindows: Check<'windows'> = ({ x, index, inverse }) => {
  checkRange('windows', 'row', index, -1, x.rows)
  if (inverse) checkRange('windows', 'place', inverse, -1, index.rows * index.width)
}

export const windows: Kernel<'windows'> = ({ x, index, windowed }) => {
  for (let t = 0; t < index.rows; t++)
    for (let j = 0; j < index.width; j++) {
      const read = index.data[rowAt(index, t) + j]
      const to = rowAt(windowed, t) + j * x.width
      for (let i = 0; i < x.width; i++) windowed.data[to + i] = read < 0 ? 0 : x.data[rowAt(x, read) + i]
    }
}
