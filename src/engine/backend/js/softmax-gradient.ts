import type { Kernel } from '../backend.ts'
import { logSumExp } from './softmax.ts'

export const softmaxGradientKernel: Kernel = ([y, dy], [dx]) => {
  for (let row = 0; row < dx.rows; row++) {
    const from = y!.offset + row * y!.stride
    const by = dy!.offset + row * dy!.stride
    const to = dx.offset + row * dx.stride
    let [product, total] = [0, 0]
    for (let i = 0; i < dx.width; i++) {
      product += y!.data[from + i] * dy!.data[by + i]
      total += y!.data[from + i]
    }
    // The sum of a softmax is 1, but not to the last bit once it is rounded to float32. With a large mean, that bit would show in dx.
    const mean = product / total
    for (let i = 0; i < dx.width; i++) dx.data[to + i] = y!.data[from + i] * (dy!.data[by + i] - mean)
  }
}

export const logSoftmaxGradientKernel: Kernel = ([y, dy], [dx]) => {
  for (let row = 0; row < dx.rows; row++) {
    const from = y!.offset + row * y!.stride
    const by = dy!.offset + row * dy!.stride
    const to = dx.offset + row * dx.stride
    let sum = 0
    for (let i = 0; i < dx.width; i++) sum += dy!.data[by + i]
    for (let i = 0; i < dx.width; i++) dx.data[to + i] = dy!.data[by + i] - Math.exp(y!.data[from + i]) * sum
  }
}

export const tokenLogProbabilityGradientKernel: Kernel = ([logits, ids, dy], [dx]) => {
  for (let row = 0; row < dx.rows; row++) {
    const from = logits!.offset + row * logits!.stride
    const to = dx.offset + row * dx.stride
    const norm = logSumExp(logits!, from)
    const d = dy!.data[dy!.offset + row * dy!.stride]
    for (let i = 0; i < dx.width; i++) dx.data[to + i] = -d * Math.exp(logits!.data[from + i] - norm)
    dx.data[to + ids!.data[ids!.offset + row * ids!.stride]] += d
  }
}
