import { activationDerivatives } from '../functions/activation-derivatives.ts'
import { activationFunctions } from '../functions/activation-functions.ts'
import type { Kernel } from '../operands/kernel.ts'

export const gatedActivation: Kernel<'gatedActivation'> = ({ gate, x, gated: y, activation: kind }) => {
  const activate = activationFunctions[kind] ?? ((value: number) => value)
  for (let row = 0; row < y.rows; row++) {
    const by = gate.offset + row * gate.stride
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] = activate(gate.data[by + i]) * x.data[from + i]
  }
}

export const gatedActivationGradient: Kernel<'gatedActivationGradient'> = ({
  gate,
  x,
  dy,
  dGate,
  dx,
  activation: kind,
}) => {
  const activate = activationFunctions[kind] ?? ((value: number) => value)
  const derivative = activationDerivatives[kind]
  for (let row = 0; row < dx.rows; row++) {
    const [atGate, atX, atDy] = [gate, x, dy].map(({ offset, stride }) => offset + row * stride)
    const [toGate, toX] = [dGate, dx].map(({ offset, stride }) => offset + row * stride)
    for (let i = 0; i < dx.width; i++) {
      const g = gate.data[atGate + i]
      const slope = dy.data[atDy + i]
      // y = activation(gate) ∘ x is a product: each factor gets dy times the other, and the gate its derivative besides.
      dGate.data[toGate + i] = derivative(g) * x.data[atX + i] * slope
      dx.data[toX + i] = activate(g) * slope
    }
  }
}
