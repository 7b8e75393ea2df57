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
