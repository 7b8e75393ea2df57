import { activationDerivatives } from '../functions/activation-derivatives.ts'
import { activationFunctions } from '../functions/activation-functions.ts'
import type { Kernel } from '../operands/kernel.ts'

export const activation: Kernel<'activation'> = ({ x, activated: y, activation: kind }) => {
  const activate = activationFunctions[kind] ?? ((value: number) => value)
  for (let row = 0; row < y.rows; row++) {
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] = activate(x.data[from + i])
  }
}

export const activationGradient: Kernel<'activationGradient'> = ({ x, dy, dx, activation: kind }) => {
  const derivative = activationDerivatives[kind]
  for (let row = 0; row < dx.rows; row++) {
    const from = x.offset + row * x.stride
    const by = dy.offset + row * dy.stride
    const to = dx.offset + row * dx.stride
    // Element by element: dx = activation'(x) · dy.
    for (let i = 0; i < dx.width; i++) dx.data[to + i] = dy.data[by + i] * derivative(x.data[from + i])
  }
}
