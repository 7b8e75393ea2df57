import { keepStatistics, rowGradient } from '../functions/norm-row-gradient.ts'
import type { Kernel } from '../operands/kernel.ts'

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
