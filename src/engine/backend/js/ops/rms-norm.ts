import { keepStatistics, rowGradient } from '../functions/norm-row-gradient.ts'
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

export const rmsNormGradient: Kernel<'rmsNormGradient'> = (call) => {
  const { x, dx, statistics, epsilon } = call
  for (let row = 0; row < dx.rows; row++) {
    const from = x.offset + row * x.stride
    let squares = 0
    for (let i = 0; i < dx.width; i++) squares += x.data[from + i] ** 2
    const scale = 1 / Math.sqrt(squares / dx.width + epsilon)
    rowGradient(call, row, 0, scale, false)
    keepStatistics(statistics, row, 0, scale)
  }
}
