import type { Kernel } from '../backend.ts'

export const layerNormKernel: Kernel = ([x, gamma, beta], [y], [epsilon]) => {
  const { width } = y
  for (let row = 0; row < y.rows; row++) {
    const from = x!.offset + row * x!.stride
    const to = y.offset + row * y.stride
    let sum = 0
    for (let i = 0; i < width; i++) sum += x!.data[from + i]
    const mean = sum / width
    let squares = 0
    for (let i = 0; i < width; i++) squares += (x!.data[from + i] - mean) ** 2
    const scale = 1 / Math.sqrt(squares / width + epsilon)
    for (let i = 0; i < width; i++)
      y.data[to + i] =
        (x!.data[from + i] - mean) * scale * gamma!.data[gamma!.offset + i] + beta!.data[beta!.offset + i]
  }
}

export const rmsNormKernel: Kernel = ([x, gamma], [y], [epsilon]) => {
  const { width } = y
  for (let row = 0; row < y.rows; row++) {
    const from = x!.offset + row * x!.stride
    const to = y.offset + row * y.stride
    let squares = 0
    for (let i = 0; i < width; i++) squares += x!.data[from + i] ** 2
    const scale = 1 / Math.sqrt(squares / width + epsilon)
    for (let i = 0; i < width; i++) y.data[to + i] = x!.data[from + i] * scale * gamma!.data[gamma!.offset + i]
  }
}
