import type { Matrix, PackedInt8 } from '../../interface/backend.ts'
import { PANEL, rowStart } from '../../interface/packed.ts'
import { roundToEven } from '../../interface/round.ts'

const { fround } = Math

/** The least and the most that 16 bits hold. */
const [LEAST, MOST] = [-(2 ** 15), 2 ** 15 - 1]

/** The largest magnitude of integers, and what is added to those of x, so that they are bytes without a sign. */
const LARGEST = 127

let integers = new Int32Array(0)

/**
 * y = x Wᵀ + bias for an int8 W with multipliers, as intgemm computes it on CPUs without VNNI (Int8Shift, SSSE3 and AVX2). Numbers of x times
 * the multiplier of inputs are rounded to integers from −127 to 127, ties to even, and 127 is added to them. The products of inputs 2k and
 * 2k + 1 are added in 16 bits, which hold their sum or what is nearest to it. The share of the added 127 is subtracted together with the
 * bias, in float32, whose roundings decide which integers the next product has. A row with an infinity or NaN becomes NaN.
 */
export function shiftedProduct(x: Matrix, packed: PackedInt8, y: Matrix, bias: Matrix | null): void {
  const { width } = x
  const [input, parts] = packed.multipliers
  const whole = width + (width % 2)
  if (integers.length < whole) integers = new Int32Array(whole)
  const factors = new Float32Array(y.width)
  const added = new Float32Array(y.width)
  for (let output = 0; output < y.width; output++) {
    const weight = packed.multipliers[2 + Math.floor((output * parts) / y.width)]
    factors[output] = 1 / fround(input * weight)
    const off = fround(fround(-fround(fround(LARGEST / input) * fround(LARGEST / weight))) / LARGEST)
    added[output] = fround(packed.sums[output]) * off
    if (bias) added[output] += bias.data[bias.offset + output]
  }
  for (let row = 0; row < x.rows; row++) {
    const scale = quantize(x, row, input) ? 1 : Number.NaN
    const to = y.offset + row * y.stride
    for (let output = 0; output < y.width; output++) {
      const product = fround(fround(saturatedSum(packed, output, whole)) * factors[output])
      y.data[to + output] = fround(product + added[output]) * scale
    }
  }
}

/** Shifted integers of a row, with a shifted zero after an odd width; returns whether all numbers are finite. */
function quantize({ data, offset, stride, width }: Matrix, row: number, multiplier: number): boolean {
  let finite = true
  integers[width] = LARGEST
  for (let i = 0; i < width; i++) {
    const value = data[offset + row * stride + i]
    if (!Number.isFinite(value)) finite = false
    integers[i] = roundToEven(Math.max(-LARGEST, Math.min(LARGEST, fround(value * multiplier)))) + LARGEST
  }
  return finite
}

function saturatedSum(packed: PackedInt8, output: number, width: number): number {
  const { values } = packed
  const start = rowStart(packed, output)
  let sum = 0
  for (let i = 0; i < width; i += 2) {
    const at = start + PANEL * (i - (i % 4)) + (i % 4)
    const pair = integers[i] * values[at] + integers[i + 1] * values[at + 1]
    sum += Math.min(MOST, Math.max(LEAST, pair))
  }
  return sum
}
