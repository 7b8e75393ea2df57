import { bits, dropThreshold, rowKey } from '../../interface/random.ts'
import type { Kernel } from '../operands/kernel.ts'

export const dropout: Kernel<'dropout'> = ({ x, seed, residual, dropped: y, rate, site }) => {
  const threshold = dropThreshold(rate)
  const scale = 1 / (1 - rate)
  for (let row = 0; row < y.rows; row++) {
    const key = rowKey(seed.data[seed.offset], site, row)
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] = bits(key, i) < threshold ? 0 : x.data[from + i] * scale
    if (!residual) continue
    const over = residual.offset + row * residual.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] += residual.data[over + i]
  }
}
