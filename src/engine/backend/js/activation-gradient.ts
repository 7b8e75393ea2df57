import type { Kernel } from '../backend.ts'
import { erf } from './activation.ts'

const relu = (x: number) => (x > 0 ? 1 : 0)
const gelu = (x: number) => 0.5 * (1 + erf(x * Math.SQRT1_2)) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI)
const geluTanh = (x: number) => {
  const c = Math.sqrt(2 / Math.PI)
  const t = Math.tanh(c * (x + 0.044715 * x * x * x))
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)
}
const swish = (x: number) => {
  const s = 1 / (1 + Math.exp(-x))
  return s * (1 + x * (1 - s))
}

/** By the number of the activation, as `activationFunctions`. */
export const activationDerivatives: readonly ((x: number) => number)[] = [() => 1, relu, gelu, geluTanh, swish]

export const activationGradientKernel: Kernel = ([x, dy], [dx], [kind]) => {
  const derivative = activationDerivatives[kind]
  for (let row = 0; row < dx.rows; row++) {
    const from = x!.offset + row * x!.stride
    const by = dy!.offset + row * dy!.stride
    const to = dx.offset + row * dx.stride
    for (let i = 0; i < dx.width; i++) dx.data[to + i] = dy!.data[by + i] * derivative(x!.data[from + i])
  }
}
