import type { Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const quantizeGradient: Kernel<'quantizeGradient'> = ({ x, quantized, dQuantized, dErrors, dx }) => {
  for (let row = 0; row < x.rows; row++) {
    const pull = (dErrors.data[rowAt(dErrors, row)] * 2) / x.width
    const [from, near, above, to] = [x, quantized, dQuantized, dx].map((matrix) => rowAt(matrix, row))
    for (let i = 0; i < x.width; i++)
      dx.data[to + i] = dQuantized.data[above + i] + pull * (x.data[from + i] - quantized.data[near + i])
  }
}
