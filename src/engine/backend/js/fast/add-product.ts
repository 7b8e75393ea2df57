import type { Matrix } from '../../interface/backend.ts'
import type { Factor } from '../products/products.ts'

/**
 * `addProduct` of `Products`. It takes four rows of c and of b at a time, so that eight loaded values make sixteen products. Where all
 * factors are 0, as behind relu, it skips the products.
 */
export function addProduct(c: Matrix, { data, offset, rowStep, columnStep }: Factor, b: Matrix, scale: number): void {
  const at = (i: number, j: number) =>
    i < c.rows && j < b.rows ? scale * data[offset + i * rowStep + j * columnStep] : 0
  const factors = new Float64Array(16)
  for (let j = 0; j < b.rows; j += 4)
    for (let i = 0; i < c.rows; i += 4) {
      for (let f = 0; f < 16; f++) factors[f] = at(i + (f >> 2), j + (f & 3))
      if (factors.some((factor) => factor !== 0)) block(c, b, i, j, factors)
    }
}

function block(c: Matrix, b: Matrix, i: number, j: number, f: Float64Array): void {
  // Rows past the end are replaced by the last one, with a factor of 0, or (rows of c) are not written.
  const row = (m: Matrix, r: number) => m.offset + Math.min(r, m.rows - 1) * m.stride
  let b0 = row(b, j),
    b1 = row(b, j + 1),
    b2 = row(b, j + 2),
    b3 = row(b, j + 3)
  const rows = Math.min(4, c.rows - i)
  const [f00, f01, f02, f03, f10, f11, f12, f13, f20, f21, f22, f23, f30, f31, f32, f33] = f
  let c0 = row(c, i),
    c1 = row(c, i + 1),
    c2 = row(c, i + 2),
    c3 = row(c, i + 3)
  const x = c.data
  const y = b.data
  for (const end = c0 + c.width; c0 < end; ) {
    const y0 = y[b0++],
      y1 = y[b1++],
      y2 = y[b2++],
      y3 = y[b3++]
    x[c0++] += f00 * y0 + f01 * y1 + f02 * y2 + f03 * y3
    if (rows > 1) x[c1++] += f10 * y0 + f11 * y1 + f12 * y2 + f13 * y3
    if (rows > 2) x[c2++] += f20 * y0 + f21 * y1 + f22 * y2 + f23 * y3
    if (rows > 3) x[c3++] += f30 * y0 + f31 * y1 + f32 * y2 + f33 * y3
  }
}
