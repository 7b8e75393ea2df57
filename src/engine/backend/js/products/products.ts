import type { Matrix, PackedInt4, PackedInt8 } from '../../interface/backend.ts'
import { largestMagnitude, roundToEven } from '../../interface/round.ts'
import { Scratch, unpackRows } from './unpack.ts'

/** A matrix or its transpose: element (i, j) stands at offset + i · rowStep + j · columnStep. */
export interface Factor {
  data: Matrix['data']
  offset: number
  rowStep: number
  columnStep: number
}

export const factorOf = ({ data, offset, stride }: Matrix): Factor => ({ data, offset, rowStep: stride, columnStep: 1 })
export const transposed = ({ data, offset, stride }: Matrix): Factor => ({
  data,
  offset,
  rowStep: 1,
  columnStep: stride,
})

/** The matrix products of a player, which all its kernels use. */
export interface Products {
  /**
   * y = x Wᵀ for a weight W [outputs, inputs] in any encoding. With int8, rows of x are quantized one by one, the sums of products of integers
   * are exact, and then scaled: y = sum · (scale of the row · scale of the output), each rounded to float32. int4 is multiplied so too, its
   * integers being integer · scale of the group.
   */
  multiply(x: Matrix, weight: Matrix, y: Matrix): void
  /** c [m, n] += scale · a [m, k] b [k, n] */
  addProduct(c: Matrix, a: Factor, b: Matrix, scale: number): void
}

/** The products as they are defined, one number after the other. `fastProducts` (fast/products.ts) is tested against them. */
export const plainProducts: Products = {
  multiply(x, weight, y) {
    if (weight.packed?.encoding === 'int8' || weight.packed?.encoding === 'int4') multiplyIntegers(x, weight.packed, y)
    else multiplyFloats(x, weight, y)
  },

  addProduct(c, a, b, scale) {
    for (let i = 0; i < c.rows; i++)
      for (let j = 0; j < b.rows; j++) {
        const factor = scale * a.data[a.offset + i * a.rowStep + j * a.columnStep]
        for (let k = 0; k < c.width; k++)
          c.data[c.offset + i * c.stride + k] += factor * b.data[b.offset + j * b.stride + k]
      }
  },
}

const unpacked = new Scratch()

function multiplyFloats(x: Matrix, weight: Matrix, y: Matrix): void {
  const { packed } = weight
  for (let output = 0; output < y.width; output++) {
    if (packed) unpackRows(packed, output, 1, unpacked)
    const w = packed ? unpacked.floats : weight.data
    const from = packed ? 0 : weight.offset + output * weight.stride
    for (let row = 0; row < x.rows; row++) {
      let sum = 0
      for (let i = 0; i < x.width; i++) sum += x.data[x.offset + row * x.stride + i] * w[from + i]
      y.data[y.offset + row * y.stride + output] = sum
    }
  }
}

function multiplyIntegers(x: Matrix, packed: PackedInt8 | PackedInt4, y: Matrix): void {
  const integers = new Float64Array(x.width)
  for (let row = 0; row < x.rows; row++) {
    const scale = quantizeRow(integers, 0, 1, x, row)
    for (let output = 0; output < y.width; output++) {
      unpackRows(packed, output, 1, unpacked)
      let sum = 0
      for (let i = 0; i < x.width; i++) sum += integers[i] * unpacked.floats[i]
      y.data[y.offset + row * y.stride + output] = Math.fround(sum) * Math.fround(scale * packed.scales[output])
    }
  }
}

/**
 * to [width], one every `step` values from place `at` on, ← integers from −127 to 127 which, times the scale that is returned, approximate a
 * row of x: its largest magnitude becomes 127. Everything is computed in float32, as in native kernels. A row so small that 127 over its
 * largest magnitude is infinite becomes zeros, except for NaN.
 */
export function quantizeRow(
  to: Float64Array,
  at: number,
  step: number,
  { data, offset, stride, width }: Matrix,
  row: number,
): number {
  const from = offset + row * stride
  const most = largestMagnitude(data, from, width)
  const inverse = Math.fround(127 / most)
  if (inverse === Infinity) {
    for (let i = 0; i < width; i++) to[at + i * step] = 0 * data[from + i]
    return 0
  }
  for (let i = 0; i < width; i++) to[at + i * step] = roundToEven(Math.fround(data[from + i] * inverse))
  return Math.fround(most / 127)
}
