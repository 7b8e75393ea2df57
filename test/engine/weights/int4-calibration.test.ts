import { describe, expect, it } from 'vitest'
import { dequantizedInt4, quantizeInt4 } from '#dist/engine/weights/int4.js'
import { calibratedInt4 } from '#dist/engine/weights/int4-calibration.js'
import { Random } from '../program/random-operands.ts'

/** Rows whose columns go together: each is a mixture of a few directions, and some noise. */
function inputsOf(random: Random, rows: number, width: number): Float32Array {
  const directions = Array.from({ length: 6 }, () => random.floats(width))
  return Float32Array.from(
    { length: rows * width },
    (
      (shares) => (_, i) =>
        directions.reduce((sum, d, j) => sum + d[i % width] * shares[6 * Math.floor(i / width) + j], 0) +
        0.1 * random.next()
    )(random.floats(6 * rows)),
  )
}

function productsOf(x: Float32Array, width: number): Float32Array {
  const sums = new Float32Array(width * width)
  for (let row = 0; row < x.length; row += width)
    for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) sums[i * width + j] += x[row + i] * x[row + j]
  return sums
}

/** The squared difference of the products of x with two weights. */
function loss(x: Float32Array, width: number, weight: Float32Array, other: Float32Array): number {
  let total = 0
  for (let row = 0; row < x.length; row += width)
    for (let n = 0; n < weight.length; n += width) {
      let difference = 0
      for (let k = 0; k < width; k++) difference += x[row + k] * (weight[n + k] - other[n + k])
      total += difference ** 2
    }
  return total
}

describe('int4 that is rounded by inputs', () => {
  it.each([
    [64, 8],
    [100, 5],
    [33, 3],
  ])('changes products with them less than plain rounding does: width %i', (width, rows) => {
    const random = new Random(width)
    const weight = random.floats(rows * width)
    const all = inputsOf(random, 600, width)
    const [x, others] = [all.subarray(0, 300 * width), all.subarray(300 * width)]
    const plain = dequantizedInt4(quantizeInt4(weight, rows), rows, width)
    const rounded = dequantizedInt4(calibratedInt4(weight, rows, productsOf(x, width)), rows, width)
    expect(loss(x, width, weight, rounded)).toBeLessThan(0.5 * loss(x, width, weight, plain))
    expect(loss(others, width, weight, rounded)).toBeLessThan(0.5 * loss(others, width, weight, plain))
  })

  it('is plain rounding where inputs do not go together, and for inputs that are always 0', () => {
    const width = 70
    const weight = new Random(1).floats(4 * width)
    const identity = new Float32Array(width * width)
    for (let i = 0; i < width; i++) identity[i * width + i] = 3
    expect(calibratedInt4(weight, 4, identity)).toEqual(quantizeInt4(weight, 4))
    expect(calibratedInt4(weight, 4, new Float32Array(width * width))).toEqual(quantizeInt4(weight, 4))
  })
})
