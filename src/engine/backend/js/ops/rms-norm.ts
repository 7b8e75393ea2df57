import type { Kernel } from '../operands/kernel.ts'

export const rmsNorm: Kernel<'rmsNorm'> = ({ x, gamma, normed: y, epsilon }) => {
  const { width } = y
  for (let row = 0; row < y.rows; row++) {
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    let squares = 0
    for (let i = 0; i < width; i++) squares += x.data[from + i] ** 2
    const scale = 1 / Math.sqrt(squares / width + epsilon)
    for (let i = 0; i < width; i++) y.data[to + i] = x.data[from + i] * scale * gamma.data[gamma.offset + i]
  }
}
