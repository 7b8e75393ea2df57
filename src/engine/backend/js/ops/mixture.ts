import type { Matrix } from '../../interface/backend.ts'
import { gathered, room, rowsOfExpert, weightOf } from '../fast/experts.ts'
import { activationDerivatives } from '../functions/activation-derivatives.ts'
import { activationFunctions } from '../functions/activation-functions.ts'
import type { Kernel } from '../operands/kernel.ts'
import { clear, rowAt } from '../operands/recurrence.ts'

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

export const mixtureGradient: Kernel<'mixtureGradient'> = (call) => {
  const { x, gates, inner, outer, dMixed, dInner, dOuter, dx, dGates, activation, scale } = call
  clear(dx)
  clear(dGates)
  const experts = gates.width
  const activate = activationFunctions[activation] ?? ((u: number) => u)
  const derive = activationDerivatives[activation]
  for (let e = 0; e < experts; e++) {
    const rows = rowsOfExpert(gates, e)
    if (!rows.length) continue
    const [own, dOwn] = [gathered(x, rows), gathered(dMixed, rows)]
    const [innerOf, outerOf] = [inner, outer].map((weight) => weightOf(weight, experts, e))
    const [dInnerOf, dOuterOf] = [dInner, dOuter].map((weight) => weightOf(weight, experts, e))
    rows.forEach((row, i) => {
      const gate = gates.data[rowAt(gates, row) + e]
      const u = products(own, i, innerOf)
      const h = u.map(activate)
      const g = transposedProducts(dOwn, i, outerOf, scale)
      dGates.data[rowAt(dGates, row) + e] = h.reduce((sum, value, j) => sum + value * g[j], 0)
      const du = g.map((value, j) => gate * value * derive(u[j]))
      for (let j = 0; j < u.length; j++)
        for (let c = 0; c < x.width; c++) {
          dx.data[rowAt(dx, row) + c] += du[j] * innerOf.data[rowAt(innerOf, j) + c]
          dInnerOf.data[rowAt(dInnerOf, j) + c] += du[j] * own.data[i * x.width + c]
        }
      for (let o = 0; o < dMixed.width; o++)
        for (let j = 0; j < u.length; j++)
          dOuterOf.data[rowAt(dOuterOf, o) + j] += scale * gate * dOwn.data[i * dMixed.width + o] * h[j]
    })
  }
}

/** Row `row` of x times the rows of a weight. */
const products = (x: Matrix, row: number, weight: Matrix): Float64Array =>
  Float64Array.from({ length: weight.rows }, (_, j) => {
    let sum = 0
    for (let c = 0; c < x.width; c++) sum += x.data[rowAt(x, row) + c] * weight.data[rowAt(weight, j) + c]
    return sum
  })

/** scale · row `row` of dy times the columns of a weight. */
function transposedProducts(dy: Matrix, row: number, weight: Matrix, scale: number): Float64Array {
  const sums = new Float64Array(weight.width)
  for (let o = 0; o < weight.rows; o++)
    for (let j = 0; j < weight.width; j++)
      sums[j] += scale * dy.data[rowAt(dy, row) + o] * weight.data[rowAt(weight, o) + j]
  return sums
}
