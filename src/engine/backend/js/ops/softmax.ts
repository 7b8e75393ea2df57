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

export const softmaxGradient: Kernel<'softmaxGradient'> = ({ y, dy, dx }) => {
  for (let row = 0; row < dx.rows; row++) {
    const from = y.offset + row * y.stride
    const by = dy.offset + row * dy.stride
    const to = dx.offset + row * dx.stride
    let [product, total] = [0, 0]
    for (let i = 0; i < dx.width; i++) {
      product += y.data[from + i] * dy.data[by + i]
      total += y.data[from + i]
    }
    // y_i depends on every x_j: dy_i/dx_j = y_i (δ_ij − y_j), so dx = y ∘ (dy − Σ y ∘ dy).
    // The sum of a softmax is 1, but not to the last bit once it is rounded to float32. With a large mean, that bit would show in dx.
    const mean = product / total
    for (let i = 0; i < dx.width; i++) dx.data[to + i] = y.data[from + i] * (dy.data[by + i] - mean)
  }
}
