import type { Matrix } from '../../interface/backend.ts'
import type { Operands } from '../operands/operands.ts'

/**
 * dx of one row, given the row's mean and reciprocal deviation; `centered` says that the norm subtracts the mean. With n = (x − mean) · scale and
 * d = dy · gamma, y = n · gamma + beta gives dx = scale · (d − mean(d) − n · mean(d · n)): the first term is the direct path from x to n, the
 * second goes by way of the mean, the third by way of the deviation.
 */
export function rowGradient(
  { x, gamma, dy, dx }: Pick<Operands['layerNormGradient'], 'x' | 'gamma' | 'dy' | 'dx'>,
  row: number,
  mean: number,
  scale: number,
  centered: boolean,
): void {
  const { width } = dx
  const from = x.offset + row * x.stride
  const by = dy.offset + row * dy.stride
  const to = dx.offset + row * dx.stride
  let [sum, product] = [0, 0]
  for (let i = 0; i < width; i++) {
    const d = dy.data[by + i] * gamma.data[gamma.offset + i]
    sum += d
    product += d * (x.data[from + i] - mean) * scale
  }
  const shift = centered ? sum / width : 0
  for (let i = 0; i < width; i++) {
    const d = dy.data[by + i] * gamma.data[gamma.offset + i]
    dx.data[to + i] = scale * (d - shift - ((x.data[from + i] - mean) * scale * product) / width)
  }
}

export function keepStatistics(statistics: Matrix, row: number, mean: number, scale: number): void {
  statistics.data[statistics.offset + row * statistics.stride] = mean
  statistics.data[statistics.offset + row * statistics.stride + 1] = scale
}
