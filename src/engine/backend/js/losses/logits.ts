import type { Matrix } from '../../interface/backend.ts'
import { addAffineWeightGradient, affine, affineInputGradient } from '../functions/affine.ts'
import type { Products } from '../products/products.ts'

/** An output projection: logits = scale · x Wᵀ + bias, x [T, d], weight [vocabulary, d], bias [1, vocabulary]. */
export interface Projection {
  x: Matrix
  weight: Matrix
  bias: Matrix | null
  scale: number
  products: Products
}

/** Logits of this many rows exist at a time. */
const CHUNK = 64

/** The logits of each projection; the arrays are kept from call to call, and grow when a call needs more. */
const kept: Float32Array[] = []

/** Calls `use` with the logits of some rows of every projection, from row `first` on. All projections have the same number of rows. */
export function inChunks(projections: readonly Projection[], use: (first: number, logits: Matrix[]) => void): void {
  const { rows } = projections[0].x
  projections.forEach(({ weight }, i) => {
    const size = Math.min(CHUNK, rows) * weight.rows
    if (!(kept[i]?.length >= size)) kept[i] = new Float32Array(size)
  })
  for (let first = 0; first < rows; first += CHUNK) {
    const count = Math.min(CHUNK, rows - first)
    const logits = projections.map(({ x, ...projection }, i) => {
      const { rows: vocabulary } = projection.weight
      const out: Matrix = { data: kept[i], offset: 0, stride: vocabulary, rows: count, width: vocabulary }
      affine({ x: rowsFrom(x, first, count), ...projection, residual: null, out, activation: 'none' })
      return out
    })
    use(first, logits)
  }
}

/** From the gradients g of the logits of some rows: writes dx of these rows, and adds to dWeight and dBias, where these are given. */
export function projectionGradients(
  { x, weight, scale, products }: Projection,
  first: number,
  g: Matrix,
  { dx, dWeight, dBias }: { dx: Matrix; dWeight: Matrix | null; dBias: Matrix | null },
): void {
  affineInputGradient({ dy: g, weight, dx: rowsFrom(dx, first, g.rows), scale, products })
  if (dWeight) addAffineWeightGradient({ x: rowsFrom(x, first, g.rows), dy: g, dWeight, dBias, scale, products })
}

const rowsFrom = (m: Matrix, first: number, rows: number): Matrix => ({
  ...m,
  offset: m.offset + first * m.stride,
  rows,
})
