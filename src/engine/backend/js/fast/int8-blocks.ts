// Written by `npm run generate`: scripts/generate/blocks.ts. Not to be edited.
import type { Factors, Place, SparseFactors } from './blocks.ts'

/** Pairs of outputs lie four by four: `at` is the place of the first four, and `stride` the way to the others. */
type Weights = Place<Float64Array>

type Sums = Place<Float64Array>

/** Four rows of factors, which lie as [count, 4], by four weights. */
export function block4x4({ data: a, at, count }: Factors, w: Weights, to: Sums): void {
  let a0 = at
  const b = w.data
  let w0 = w.at
  let s00 = 0
  let s01 = 0
  let s02 = 0
  let s03 = 0
  let s10 = 0
  let s11 = 0
  let s12 = 0
  let s13 = 0
  let s20 = 0
  let s21 = 0
  let s22 = 0
  let s23 = 0
  let s30 = 0
  let s31 = 0
  let s32 = 0
  let s33 = 0
  for (const end = a0 + 4 * count; a0 < end; a0 = (a0 + 4) | 0) {
    const v0 = b[w0]
    const v1 = b[(w0 + 1) | 0]
    const v2 = b[(w0 + 2) | 0]
    const v3 = b[(w0 + 3) | 0]
    let v = a[a0]
    s00 += v * v0
    s01 += v * v1
    s02 += v * v2
    s03 += v * v3
    v = a[(a0 + 1) | 0]
    s10 += v * v0
    s11 += v * v1
    s12 += v * v2
    s13 += v * v3
    v = a[(a0 + 2) | 0]
    s20 += v * v0
    s21 += v * v1
    s22 += v * v2
    s23 += v * v3
    v = a[(a0 + 3) | 0]
    s30 += v * v0
    s31 += v * v1
    s32 += v * v2
    s33 += v * v3
    w0 = (w0 + 4) | 0
  }
  const out = to.data
  let o = to.at
  out[o] = s00
  out[o + 1] = s01
  out[o + 2] = s02
  out[o + 3] = s03
  o += to.stride
  out[o] = s10
  out[o + 1] = s11
  out[o + 2] = s12
  out[o + 3] = s13
  o += to.stride
  out[o] = s20
  out[o + 1] = s21
  out[o + 2] = s22
  out[o + 3] = s23
  o += to.stride
  out[o] = s30
  out[o + 1] = s31
  out[o + 2] = s32
  out[o + 3] = s33
}

/** One row of factors by eight weights. */
export function block1x8({ data: a, at, count }: Factors, w: Weights, to: Sums): void {
  let a0 = at
  const b = w.data
  let w0 = w.at
  let w4 = w0 + w.stride
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let s4 = 0
  let s5 = 0
  let s6 = 0
  let s7 = 0
  for (const end = a0 + count; a0 < end; a0 = (a0 + 1) | 0) {
    const v = a[a0]
    s0 += v * b[w0]
    s1 += v * b[(w0 + 1) | 0]
    s2 += v * b[(w0 + 2) | 0]
    s3 += v * b[(w0 + 3) | 0]
    s4 += v * b[w4]
    s5 += v * b[(w4 + 1) | 0]
    s6 += v * b[(w4 + 2) | 0]
    s7 += v * b[(w4 + 3) | 0]
    w0 = (w0 + 4) | 0
    w4 = (w4 + 4) | 0
  }
  const out = to.data
  const o = to.at
  out[o] = s0
  out[o + 1] = s1
  out[o + 2] = s2
  out[o + 3] = s3
  out[o + 4] = s4
  out[o + 5] = s5
  out[o + 6] = s6
  out[o + 7] = s7
}

/** The factors of one sparse row that are not 0 by eight weights. */
export function sparse1x8({ numbers, columns, at, end }: SparseFactors, w: Weights, to: Sums): void {
  const b = w.data
  const w0 = w.at
  const w4 = w0 + w.stride
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let s4 = 0
  let s5 = 0
  let s6 = 0
  let s7 = 0
  for (let i = at; i < end; i = (i + 1) | 0) {
    const v = numbers[i]
    const column = 4 * columns[i]
    const c0 = (w0 + column) | 0
    const c4 = (w4 + column) | 0
    s0 += v * b[c0]
    s1 += v * b[(c0 + 1) | 0]
    s2 += v * b[(c0 + 2) | 0]
    s3 += v * b[(c0 + 3) | 0]
    s4 += v * b[c4]
    s5 += v * b[(c4 + 1) | 0]
    s6 += v * b[(c4 + 2) | 0]
    s7 += v * b[(c4 + 3) | 0]
  }
  const out = to.data
  const o = to.at
  out[o] = s0
  out[o + 1] = s1
  out[o + 2] = s2
  out[o + 3] = s3
  out[o + 4] = s4
  out[o + 5] = s5
  out[o + 6] = s6
  out[o + 7] = s7
}
