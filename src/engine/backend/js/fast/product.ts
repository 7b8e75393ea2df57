import type { Matrix } from '../../interface/backend.ts'
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
  const { width } = x
  const { counts } = sparse
  const strip = Math.max(8, (STRIP_FLOATS / width) & ~7)
  for (let first = 0; first < y.width; first += strip) {
    const last = Math.min(first + strip, y.width)
    let row = 0
    for (; row + 4 <= y.rows; row += 4) {
      if (counts[row] >= 0) continue
      let column = first
      for (; column + 4 <= last; column += 4) block4x4(weight, y, row, column)
      for (; column < last; column++) for (let r = row; r < row + 4; r++) block1x1(x, weight, y, r, column)
    }
    for (; row < y.rows; row++) {
      if (counts[row] >= 0) continue
      let column = first
      for (; column + 8 <= last; column += 8) block1x8(x, weight, y, row, column)
      for (; column < last; column++) block1x1(x, weight, y, row, column)
    }
    for (row = 0; row < y.rows; row++) {
      if (counts[row] < 0) continue
      let column = first
      for (; column + 8 <= last; column += 8) sparse1x8(weight, y, row, column)
      for (; column < last; column++) block1x1(x, weight, y, row, column)
    }
  }
}

/** 128 kB of weights: a strip that second-level caches hold. */
const STRIP_FLOATS = 32768

/**
 * Each whole four rows of x as [width, 4], and remaining rows as [width]. These arrays are kept from call to call, and grow when a call
 * needs more.
 */
let together = new Float64Array(0)

const sparse = new SparseRows()

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

// `| 0` says that an index is an integer of 32 bits: otherwise each addition is checked for leaving them.

/** Four rows of x, which are together already, by four rows of W. */
function block4x4(weight: Matrix, y: Matrix, row: number, column: number): void {
  const a = together
  const { data: b, width } = weight
  let a0 = row * width
  let b0 = weight.offset + column * weight.stride
  let b1 = b0 + weight.stride
  let b2 = b1 + weight.stride
  let b3 = b2 + weight.stride
  let s00 = 0,
    s01 = 0,
    s02 = 0,
    s03 = 0
  let s10 = 0,
    s11 = 0,
    s12 = 0,
    s13 = 0
  let s20 = 0,
    s21 = 0,
    s22 = 0,
    s23 = 0
  let s30 = 0,
    s31 = 0,
    s32 = 0,
    s33 = 0
  for (const end = a0 + 4 * width; a0 < end; ) {
    const w0 = b[b0],
      w1 = b[b1],
      w2 = b[b2],
      w3 = b[b3]
    let v = a[a0]
    s00 += v * w0
    s01 += v * w1
    s02 += v * w2
    s03 += v * w3
    v = a[(a0 + 1) | 0]
    s10 += v * w0
    s11 += v * w1
    s12 += v * w2
    s13 += v * w3
    v = a[(a0 + 2) | 0]
    s20 += v * w0
    s21 += v * w1
    s22 += v * w2
    s23 += v * w3
    v = a[(a0 + 3) | 0]
    s30 += v * w0
    s31 += v * w1
    s32 += v * w2
    s33 += v * w3
    a0 = (a0 + 4) | 0
    b0 = (b0 + 1) | 0
    b1 = (b1 + 1) | 0
    b2 = (b2 + 1) | 0
    b3 = (b3 + 1) | 0
  }
  const out = y.data
  let to = y.offset + row * y.stride + column
  out[to] = s00
  out[to + 1] = s01
  out[to + 2] = s02
  out[to + 3] = s03
  to += y.stride
  out[to] = s10
  out[to + 1] = s11
  out[to + 2] = s12
  out[to + 3] = s13
  to += y.stride
  out[to] = s20
  out[to + 1] = s21
  out[to + 2] = s22
  out[to + 3] = s23
  to += y.stride
  out[to] = s30
  out[to + 1] = s31
  out[to + 2] = s32
  out[to + 3] = s33
}

function block1x8(x: Matrix, weight: Matrix, y: Matrix, row: number, column: number): void {
  const a = x.data
  const b = weight.data
  let a0 = x.offset + row * x.stride
  let b0 = weight.offset + column * weight.stride
  let b1 = b0 + weight.stride
  let b2 = b1 + weight.stride
  let b3 = b2 + weight.stride
  let b4 = b3 + weight.stride
  let b5 = b4 + weight.stride
  let b6 = b5 + weight.stride
  let b7 = b6 + weight.stride
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0,
    s4 = 0,
    s5 = 0,
    s6 = 0,
    s7 = 0
  for (const end = a0 + x.width; a0 < end; ) {
    const v = a[a0]
    s0 += v * b[b0]
    s1 += v * b[b1]
    s2 += v * b[b2]
    s3 += v * b[b3]
    s4 += v * b[b4]
    s5 += v * b[b5]
    s6 += v * b[b6]
    s7 += v * b[b7]
    a0 = (a0 + 1) | 0
    b0 = (b0 + 1) | 0
    b1 = (b1 + 1) | 0
    b2 = (b2 + 1) | 0
    b3 = (b3 + 1) | 0
    b4 = (b4 + 1) | 0
    b5 = (b5 + 1) | 0
    b6 = (b6 + 1) | 0
    b7 = (b7 + 1) | 0
  }
  const out = y.data
  const to = y.offset + row * y.stride + column
  out[to] = s0
  out[to + 1] = s1
  out[to + 2] = s2
  out[to + 3] = s3
  out[to + 4] = s4
  out[to + 5] = s5
  out[to + 6] = s6
  out[to + 7] = s7
}

function sparse1x8(weight: Matrix, y: Matrix, row: number, column: number): void {
  const { numbers, columns } = sparse
  const b = weight.data
  const b0 = weight.offset + column * weight.stride
  const b1 = b0 + weight.stride
  const b2 = b1 + weight.stride
  const b3 = b2 + weight.stride
  const b4 = b3 + weight.stride
  const b5 = b4 + weight.stride
  const b6 = b5 + weight.stride
  const b7 = b6 + weight.stride
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0,
    s4 = 0,
    s5 = 0,
    s6 = 0,
    s7 = 0
  let i = row * sparse.most
  for (const end = i + sparse.counts[row]; i < end; i = (i + 1) | 0) {
    const v = numbers[i]
    const at = columns[i]
    s0 += v * b[(b0 + at) | 0]
    s1 += v * b[(b1 + at) | 0]
    s2 += v * b[(b2 + at) | 0]
    s3 += v * b[(b3 + at) | 0]
    s4 += v * b[(b4 + at) | 0]
    s5 += v * b[(b5 + at) | 0]
    s6 += v * b[(b6 + at) | 0]
    s7 += v * b[(b7 + at) | 0]
  }
  const out = y.data
  const to = y.offset + row * y.stride + column
  out[to] = s0
  out[to + 1] = s1
  out[to + 2] = s2
  out[to + 3] = s3
  out[to + 4] = s4
  out[to + 5] = s5
  out[to + 6] = s6
  out[to + 7] = s7
}

function block1x1(x: Matrix, weight: Matrix, y: Matrix, row: number, column: number): void {
  const a0 = x.offset + row * x.stride
  const b0 = weight.offset + column * weight.stride
  let sum = 0
  for (let i = 0; i < x.width; i++) sum += x.data[a0 + i] * weight.data[b0 + i]
  y.data[y.offset + row * y.stride + column] = sum
}
