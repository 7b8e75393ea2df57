import { logSumExp } from '../functions/activation-functions.ts'
import type { Kernel } from '../operands/kernel.ts'

export const logSoftmax: Kernel<'logSoftmax'> = ({ x, logSoftmax: y }) => {
  for (let row = 0; row < y.rows; row++) {
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    const norm = logSumExp(x, from)
    for (let i = 0; i < y.width; i++) y.data[to + i] = x.data[from + i] - norm
  }
}

export const logSoftmaxGradient: Kernel<'logSoftmaxGradient'> = ({ y, dy, dx }) => {
  for (let row = 0; row < dx.rows; row++) {
    const from = y.offset + row * y.stride
    const by = dy.offset + row * dy.stride
    const to = dx.offset + row * dx.stride
    let sum = 0
    for (let i = 0; i < dx.width; i++) sum += dy.data[by + i]
    // y = x − log Σ exp(x): the first term passes dy on, the second takes off softmax(x) = exp(y) for every dy.
    for (let i = 0; i < dx.width; i++) dx.data[to + i] = dy.data[by + i] - Math.exp(y.data[from + i]) * sum
  }
}
