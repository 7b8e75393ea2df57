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
