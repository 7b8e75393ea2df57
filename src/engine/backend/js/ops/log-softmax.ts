import { logSumExp } from '../functions/log-sum-exp.ts'
import type { Kernel } from '../operands/kernel.ts'

export const logSoftmax: Kernel<'logSoftmax'> = ({ x, logSoftmax: y }) => {
  for (let row = 0; row < y.rows; row++) {
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    const norm = logSumExp(x, from)
    for (let i = 0; i < y.width; i++) y.data[to + i] = x.data[from + i] - norm
  }
}
