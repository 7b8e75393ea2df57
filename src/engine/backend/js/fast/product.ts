import type { Matrix } from '../../interface/backend.ts'
import type { Factors, Floats, Place, SparseFactors } from './blocks.ts'
import { block1x8, block4x4, sparse1x8 } from './float-blocks.ts'
import { SparseRows } from './sparse-rows.ts'

/**
 * y = x Wᵀ, 4 rows of x against 4 rows of W at a time: sixteen sums live in registers and every loaded value is used four times. Loading a
 * value from a typed array costs several instructions more than multiplying it (its index is checked, and it becomes a float64), so values
 * of x are brought together first. Remaining rows, and sparse rows, go one by one against 8 rows of W. W is walked in strips that stay in
 * the cache while all rows of x pass by.
 */
export function multiplyRows(x: Matrix, weight: Matrix, y: Matrix): void {
  bringTogether(x)
  multiplyTogether(x, weight, y)
}

/** The product of an x that has been brought together already, for a weight that comes in pieces. */
export function multiplyTogether(x: Matrix, weight: Matrix, y: Matrix): void {
  const { rows, width } = x
  const { counts, most } = sparse
  const whole = rows & ~3
  const strip = Math.max(8, (STRIP_FLOATS / width) & ~7)
  factors.data = together
  factors.count = width
  nonzero.numbers = sparse.numbers
  nonzero.columns = sparse.columns
  weights.data = weight.data
  weights.stride = weight.stride
  sums.data = y.data
  sums.stride = y.stride
  for (let first = 0; first < y.width; first += strip) {
    const last = Math.min(first + strip, y.width)
    for (let row = 0; row < whole; row += 4) {
      if (counts[row] >= 0) continue
      factors.at = row * width
      let column = first
      for (; column + 4 <= last; column += 4) block4x4(factors, weightsFrom(weight, column), sumsFrom(y, row, column))
      for (; column < last; column++) for (let r = row; r < row + 4; r++) block1x1(x, weight, y, r, column)
    }
    for (let row = 0; row < rows; row++) {
      if (row < whole && counts[row] < 0) continue
      factors.at = row * width
      nonzero.at = row * most
      nonzero.end = nonzero.at + counts[row]
      let column = first
      for (; column + 8 <= last; column += 8)
        if (counts[row] < 0) block1x8(factors, weightsFrom(weight, column), sumsFrom(y, row, column))
        else sparse1x8(nonzero, weightsFrom(weight, column), sumsFrom(y, row, column))
      for (; column < last; column++) block1x1(x, weight, y, row, column)
    }
  }
}

function weightsFrom({ offset, stride }: Matrix, column: number): Place<Floats> {
  weights.at = offset + column * stride
  return weights
}

function sumsFrom({ offset, stride }: Matrix, row: number, column: number): Place<Floats> {
  sums.at = offset + row * stride + column
  return sums
}

/** 128 kB of weights: a strip that second-level caches hold. */
const STRIP_FLOATS = 32768

/**
 * Each whole four rows of x as [width, 4], and remaining rows as [width]. These arrays are kept from call to call, and grow when a call
 * needs more.
 */
let together = new Float64Array(0)

const sparse = new SparseRows()

/** The arguments of the present block. */
const factors: Factors = { data: together, at: 0, count: 0 }
const nonzero: SparseFactors = { numbers: sparse.numbers, columns: sparse.columns, at: 0, end: 0 }
const weights: Place<Floats> = { data: new Float32Array(0), at: 0, stride: 0 }
const sums: Place<Floats> = { data: weights.data, at: 0, stride: 0 }

/** Makes the rows of x ready for multiplyTogether, until the next call. */
export function bringTogether({ data, offset, stride, rows, width }: Matrix): void {
  if (together.length < rows * width) together = new Float64Array(rows * width)
  let to = 0
  let row = 0
  for (; row + 4 <= rows; row += 4) {
    let a0 = offset + row * stride
    for (const end = a0 + width; a0 < end; a0++, to += 4) {
      together[to] = data[a0]
      together[to + 1] = data[a0 + stride]
      together[to + 2] = data[a0 + 2 * stride]
      together[to + 3] = data[a0 + 3 * stride]
    }
  }
  for (; row < rows; row++) for (let i = 0; i < width; i++) together[to++] = data[offset + row * stride + i]
  sparse.find(together, rows, width)
}

function block1x1(x: Matrix, weight: Matrix, y: Matrix, row: number, column: number): void {
  const a0 = x.offset + row * x.stride
  const b0 = weight.offset + column * weight.stride
  let sum = 0
  for (let i = 0; i < x.width; i++) sum += x.data[a0 + i] * weight.data[b0 + i]
  y.data[y.offset + row * y.stride + column] = sum
}
