import type { Kernel, Matrix } from '../backend.ts'

/** dx of one row, given the row's mean and reciprocal deviation; `centered` says that the norm subtracts the mean. */
function rowGradient(
  x: Matrix,
  gamma: Matrix,
  dy: Matrix,
  dx: Matrix,
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

function keepStatistics(statistics: Matrix, row: number, mean: number, scale: number): void {
  statistics.data[statistics.offset + row * statistics.stride] = mean
  statistics.data[statistics.offset + row * statistics.stride + 1] = scale
}

export const layerNormGradientKernel: Kernel = ([x, gamma, dy], [dx, statistics], [epsilon]) => {
  for (let row = 0; row < dx.rows; row++) {
    const from = x!.offset + row * x!.stride
    let [mean, squares] = [0, 0]
    for (let i = 0; i < dx.width; i++) mean += x!.data[from + i]
    mean /= dx.width
    for (let i = 0; i < dx.width; i++) squares += (x!.data[from + i] - mean) ** 2
    const scale = 1 / Math.sqrt(squares / dx.width + epsilon)
    rowGradient(x!, gamma!, dy!, dx, row, mean, scale, true)
    keepStatistics(statistics, row, mean, scale)
  }
}

export const rmsNormGradientKernel: Kernel = ([x, gamma, dy], [dx, statistics], [epsilon]) => {
  for (let row = 0; row < dx.rows; row++) {
    const from = x!.offset + row * x!.stride
    let squares = 0
    for (let i = 0; i < dx.width; i++) squares += x!.data[from + i] ** 2
    const scale = 1 / Math.sqrt(squares / dx.width + epsilon)
    rowGradient(x!, gamma!, dy!, dx, row, 0, scale, false)
    keepStatistics(statistics, row, 0, scale)
  }
}

export const normWeightGradientKernel: Kernel = ([x, statistics, dy, dGamma, dBeta]) => {
  for (let row = 0; row < x!.rows; row++) {
    const from = x!.offset + row * x!.stride
    const by = dy!.offset + row * dy!.stride
    const mean = statistics!.data[statistics!.offset + row * statistics!.stride]
    const scale = statistics!.data[statistics!.offset + row * statistics!.stride + 1]
    for (let i = 0; i < x!.width; i++) {
      dGamma!.data[dGamma!.offset + i] += dy!.data[by + i] * (x!.data[from + i] - mean) * scale
      if (dBeta) dBeta.data[dBeta.offset + i] += dy!.data[by + i]
    }
  }
}
