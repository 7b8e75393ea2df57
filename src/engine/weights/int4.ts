import type { QuantizedInt4 } from '../backend/interface/backend.ts'
import { INT4_GROUP } from '../backend/interface/packed.ts'
import { roundToEven } from '../backend/interface/round.ts'

/** The numbers of groups of 32 values in a row. */
export const groupsOf = (width: number): number => Math.ceil(width / INT4_GROUP)

/** Bytes of the integers of a group: two in a byte. */
export const GROUP_BYTES = INT4_GROUP / 2

/**
 * Quantizes `count` rows `values` [count, width] in groups of 32: a value is about integer · scale, integers are from −8 to 7. The value of
 * the largest magnitude is an integer of about −8, so that scales have either sign. Several scales are tried for each group, and the one
 * that leaves the smallest sum of squared differences is kept, rounded to float16.
 */
export function quantizeInt4(values: Float32Array, count: number): QuantizedInt4 {
  const width = count ? values.length / count : 0
  const groups = groupsOf(width)
  const quantized = { integers: new Uint8Array(count * groups * GROUP_BYTES), scales: new Float32Array(count * groups) }
  for (let row = 0, at = 0; row < count; row++)
    for (let begin = row * width, end = begin + width; begin < end; begin += INT4_GROUP, at++) {
      const group = values.subarray(begin, Math.min(begin + INT4_GROUP, end))
      const scale = int4Scale(group)
      quantized.scales[at] = scale
      writeInt4(group, scale, quantized.integers, at * GROUP_BYTES)
    }
  return quantized
}

/** The magnitudes of integers that the largest value may become. */
const PARTS = [7, 7.3, 7.6, 7.9, 8.2, 8.5, 8.8]

/** The scale of a group of values, a float16. NaN counts as 0. */
export function int4Scale(group: Float32Array): number {
  let most = 0
  for (const value of group) if (Math.abs(value) > Math.abs(most)) most = value
  let scale = 0
  let best = 0
  for (const parts of PARTS) {
    const inverse = most === 0 ? 0 : -parts / most
    let products = 0
    let squares = 0
    for (const value of group) {
      const q = int4Of(value * inverse)
      products += value * q || 0
      squares += q * q
    }
    const gain = squares === 0 ? 0 : (products * products) / squares
    if (gain > best) {
      best = gain
      scale = Math.fround(products / squares)
    }
  }
  return roundToHalf(scale)
}

/** The integer from −8 to 7 that is nearest; 0 for NaN. */
export function int4Of(value: number): number {
  const rounded = roundToEven(value)
  return rounded > 7 ? 7 : rounded >= -8 ? rounded : rounded < -8 ? -8 : 0
}

function writeInt4(group: Float32Array, scale: number, to: Uint8Array, at: number): void {
  const integer = (k: number) => 8 + (k < group.length && scale !== 0 ? int4Of(group[k] / scale) : 0)
  for (let k = 0; k < INT4_GROUP; k += 2) to[at + (k >> 1)] = integer(k) | (integer(k + 1) << 4)
}

const LARGEST_HALF = 65504

/** The nearest float16, ties to even; at most the largest one. */
export function roundToHalf(value: number): number {
  if (Math.abs(value) >= LARGEST_HALF) return value < 0 ? -LARGEST_HALF : LARGEST_HALF
  const step = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10))
  return value === 0 ? 0 : roundToEven(value / step) * step
}

/** The values of quantized rows [count, width]: integers times the scales of their groups. */
export function dequantizedInt4({ integers, scales }: QuantizedInt4, count: number, width: number): Float32Array {
  const values = new Float32Array(count * width)
  const groups = groupsOf(width)
  for (let row = 0; row < count; row++)
    for (let k = 0; k < width; k++) {
      const group = row * groups + Math.floor(k / INT4_GROUP)
      const byte = integers[group * GROUP_BYTES + ((k % INT4_GROUP) >> 1)]
      values[row * width + k] = (((byte >> (4 * (k & 1))) & 15) - 8) * scales[group]
    }
  return values
}
