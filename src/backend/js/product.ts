import type { Matrix } from '../backend.ts'

/**
 * y = x Wᵀ, 4 rows of x against 4 rows of W at a time: sixteen sums live in registers and every loaded value is used four times.
 * W is walked in strips that stay in the cache while all rows of x pass by.
 */
export function multiply(x: Matrix, weight: Matrix, y: Matrix): void {
  const strip = Math.max(4, (STRIP_FLOATS / x.width) & ~3)
  for (let first = 0; first < y.width; first += strip) {
    const last = Math.min(first + strip, y.width)
    let row = 0
    for (; row + 4 <= y.rows; row += 4) {
      let column = first
      for (; column + 4 <= last; column += 4) block4x4(x, weight, y, row, column)
      for (; column < last; column++) for (let r = row; r < row + 4; r++) block1x1(x, weight, y, r, column)
    }
    for (; row < y.rows; row++) {
      let column = first
      for (; column + 4 <= last; column += 4) block1x4(x, weight, y, row, column)
      for (; column < last; column++) block1x1(x, weight, y, row, column)
    }
  }
}

/** 128 kB of weights: a strip that second-level caches hold. */
const STRIP_FLOATS = 32768

function block4x4(x: Matrix, weight: Matrix, y: Matrix, row: number, column: number): void {
  const a = x.data
  const b = weight.data
  let a0 = x.offset + row * x.stride
  let a1 = a0 + x.stride
  let a2 = a1 + x.stride
  let a3 = a2 + x.stride
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
  for (const end = a0 + x.width; a0 < end; a0++, a1++, a2++, a3++, b0++, b1++, b2++, b3++) {
    const w0 = b[b0],
      w1 = b[b1],
      w2 = b[b2],
      w3 = b[b3]
    let v = a[a0]
    s00 += v * w0
    s01 += v * w1
    s02 += v * w2
    s03 += v * w3
    v = a[a1]
    s10 += v * w0
    s11 += v * w1
    s12 += v * w2
    s13 += v * w3
    v = a[a2]
    s20 += v * w0
    s21 += v * w1
    s22 += v * w2
    s23 += v * w3
    v = a[a3]
    s30 += v * w0
    s31 += v * w1
    s32 += v * w2
    s33 += v * w3
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

function block1x4(x: Matrix, weight: Matrix, y: Matrix, row: number, column: number): void {
  const a = x.data
  const b = weight.data
  let a0 = x.offset + row * x.stride
  let b0 = weight.offset + column * weight.stride
  let b1 = b0 + weight.stride
  let b2 = b1 + weight.stride
  let b3 = b2 + weight.stride
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0
  for (const end = a0 + x.width; a0 < end; a0++, b0++, b1++, b2++, b3++) {
    const v = a[a0]
    s0 += v * b[b0]
    s1 += v * b[b1]
    s2 += v * b[b2]
    s3 += v * b[b3]
  }
  const to = y.offset + row * y.stride + column
  y.data[to] = s0
  y.data[to + 1] = s1
  y.data[to + 2] = s2
  y.data[to + 3] = s3
}

function block1x1(x: Matrix, weight: Matrix, y: Matrix, row: number, column: number): void {
  const a0 = x.offset + row * x.stride
  const b0 = weight.offset + column * weight.stride
  let sum = 0
  for (let i = 0; i < x.width; i++) sum += x.data[a0 + i] * weight.data[b0 + i]
  y.data[y.offset + row * y.stride + column] = sum
}
