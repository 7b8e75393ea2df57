import { keepStatistics, rowGradient } from '../functions/norm-row-gradient.ts'
import type { Kernel } from '../operands/kernel.ts'

export const layerNorm: Kernel<'layerNorm'> = ({ x, gamma, beta, normed: y, epsilon }) => {
  const { width } = y
  for (let row = 0; row < y.rows; row++) {
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    let sum = 0
    for (let i = 0; i < width; i++) sum += x.data[from + i]
    const mean = sum / width
    let squares = 0
    for (let i = 0; i < width; i++) squares += (x.data[from + i] - mean) ** 2
    const scale = 1 / Math.sqrt(squares / width + epsilon)
    for (let i = 0; i < width; i++)
      y.data[to + i] = (x.data[from + i] - mean) * scale * gamma.data[gamma.offset + i] + beta.data[beta.offset + i]
  }
}

export const layerNormGradient: Kernel<'layerNormGradient'> = (call) => {
  const { x, dx, statistics, epsilon } = call
  for (let row = 0; row < dx.rows; row++) {
    const from = x.offset + row * x.stride
    let [mean, squares] = [0, 0]
    for (let i = 0; i < dx.width; i++) mean += x.data[from + i]
    mean /= dx.width
    for (let i = 0; i < dx.width; i++) squares += (x.data[from + i] - mean) ** 2
    const scale = 1 / Math.sqrt(squares / dx.width + epsilon)
    rowGradient(call, row, mean, scale, true)
    keepStatistics(statistics, row, mean, scale)
  }
}
