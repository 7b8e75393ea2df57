import type { Matrix } from '../../interface/backend.ts'
import { gathered, room, rowsOfExpert, weightOf } from '../fast/experts.ts'
import { activationDerivatives } from '../functions/activation-derivatives.ts'
import { activationFunctions } from '../functions/activation-functions.ts'
import type { Kernel } from '../operands/kernel.ts'
import { clear, rowAt } from '../operands/recurrence.ts'

export const mixture: Kernel<'mixture'> = (call) => {
  const { x, gates, inner, outer, innerBias, outerBias, mixed, activation, scale, products } = call
  clear(mixed)
  const experts = gates.width
  const activate = activationFunctions[activation]
  for (let e = 0; e < experts; e++) {
    const rows = rowsOfExpert(gates, e)
    if (!rows.length) continue
    const hidden = room(rows.length, inner.rows / experts)
    products.multiply(gathered(x, rows), weightOf(inner, experts, e), hidden)
    addBias(hidden, innerBias, e)
    if (activate) for (let i = 0; i < hidden.data.length; i++) hidden.data[i] = activate(hidden.data[i])
    const made = room(rows.length, mixed.width)
    products.multiply(hidden, weightOf(outer, experts, e), made)
    addBias(made, outerBias, e)
    rows.forEach((row, i) => {
      const factor = Math.fround(gates.data[rowAt(gates, row) + e] * scale)
      for (let c = 0; c < mixed.width; c++) mixed.data[rowAt(mixed, row) + c] += factor * made.data[i * mixed.width + c]
    })
  }
}

/** Adds the bias of an expert to each row; `bias` holds those of all experts, and may be absent. */
function addBias(rows: Matrix, bias: Matrix | null, expert: number): void {
  if (!bias) return
  for (let row = 0; row < rows.rows; row++)
    for (let c = 0; c < rows.width; c++) rows.data[row * rows.width + c] += biasAt(bias, rows.width, expert, c)
}

const biasAt = (bias: Matrix | null, width: number, expert: number, column: number): number =>
  bias ? bias.data[bias.offset + expert * width + column] : 0

export const mixtureGradient: Kernel<'mixtureGradient'> = (call) => {
  const { x, gates, inner, outer, innerBias, outerBias, dMixed, dx, dGates, activation, scale } = call
  const { dInner, dOuter, dInnerBias, dOuterBias } = call
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
      const u = products(own, i, innerOf).map((value, j) => value + biasAt(innerBias, innerOf.rows, e, j))
      const h = u.map(activate)
      const g = transposedProducts(dOwn, i, outerOf, scale)
      let ofBias = 0
      for (let o = 0; o < dMixed.width; o++)
        ofBias += scale * dOwn.data[i * dMixed.width + o] * biasAt(outerBias, dMixed.width, e, o)
      dGates.data[rowAt(dGates, row) + e] = h.reduce((sum, value, j) => sum + value * g[j], ofBias)
      const du = g.map((value, j) => gate * value * derive(u[j]))
      for (let j = 0; j < u.length; j++)
        for (let c = 0; c < x.width; c++) {
          dx.data[rowAt(dx, row) + c] += du[j] * innerOf.data[rowAt(innerOf, j) + c]
          dInnerOf.data[rowAt(dInnerOf, j) + c] += du[j] * own.data[i * x.width + c]
        }
      if (dInnerBias) for (let j = 0; j < u.length; j++) dInnerBias.data[dInnerBias.offset + e * u.length + j] += du[j]
      if (dOuterBias)
        for (let o = 0; o < dMixed.width; o++)
          dOuterBias.data[dOuterBias.offset + e * dMixed.width + o] += scale * gate * dOwn.data[i * dMixed.width + o]
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
