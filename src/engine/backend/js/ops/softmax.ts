import type { Kernel } from '../operands/kernel.ts'

export const softmax: Kernel<'softmax'> = ({ x, softmax: y }) => {
  for (let row = 0; row < y.rows; row++) {
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    let max = -Infinity
    for (let i = 0; i < y.width; i++) if (x.data[from + i] > max) max = x.data[from + i]
    let sum = 0
    for (let i = 0; i < y.width; i++) sum += y.data[to + i] = Math.exp(x.data[from + i] - max)
    const scale = 1 / sum
    for (let i = 0; i < y.width; i++) y.data[to + i] *= scale
  }
}
