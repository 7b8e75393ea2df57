import { gathered, room, rowsOfExpert, weightOf } from '../fast/experts.ts'
import { activationFunctions } from '../functions/activation-functions.ts'
import { clear } from '../operands/clear.ts'
import type { Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const mixture: Kernel<'mixture'> = ({ x, gates, inner, outer, mixed, activation, scale, products }) => {
  clear(mixed)
  const experts = gates.width
  const activate = activationFunctions[activation]
  for (let e = 0; e < experts; e++) {
    const rows = rowsOfExpert(gates, e)
    if (!rows.length) continue
    const hidden = room(rows.length, inner.rows / experts)
    products.multiply(gathered(x, rows), weightOf(inner, experts, e), hidden)
    if (activate) for (let i = 0; i < hidden.data.length; i++) hidden.data[i] = activate(hidden.data[i])
    const made = room(rows.length, mixed.width)
    products.multiply(hidden, weightOf(outer, experts, e), made)
    rows.forEach((row, i) => {
      const factor = Math.fround(gates.data[rowAt(gates, row) + e] * scale)
      for (let c = 0; c < mixed.width; c++) mixed.data[rowAt(mixed, row) + c] += factor * made.data[i * mixed.width + c]
    })
  }
}
