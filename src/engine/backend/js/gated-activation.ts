import type { Kernel } from '../backend.ts'
import { activationFunctions } from './activation.ts'
import { activationDerivatives } from './activation-gradient.ts'

export const gatedActivationKernel: Kernel = ([gate, x], [y], [kind]) => {
  const activate = activationFunctions[kind] ?? ((value: number) => value)
  for (let row = 0; row < y.rows; row++) {
    const by = gate!.offset + row * gate!.stride
    const from = x!.offset + row * x!.stride
    const to = y.offset + row * y.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] = activate(gate!.data[by + i]) * x!.data[from + i]
  }
}

export const gatedActivationGradientKernel: Kernel = ([gate, x, dy], [dGate, dx], [kind]) => {
  const activate = activationFunctions[kind] ?? ((value: number) => value)
  const derivative = activationDerivatives[kind]
  for (let row = 0; row < dx.rows; row++) {
    const [atGate, atX, atDy] = [gate!, x!, dy!].map(({ offset, stride }) => offset + row * stride)
    const [toGate, toX] = [dGate, dx].map(({ offset, stride }) => offset + row * stride)
    for (let i = 0; i < dx.width; i++) {
      const g = gate!.data[atGate + i]
      const slope = dy!.data[atDy + i]
      dGate.data[toGate + i] = derivative(g) * x!.data[atX + i] * slope
      dx.data[toX + i] = activate(g) * slope
    }
  }
}
