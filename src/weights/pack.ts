import type { Packed } from '../backend/backend.ts'
import { rowStart } from '../backend/packed.ts'
import { largestMagnitude, roundToEven } from '../backend/round.ts'
import { bfloat16FromFloats } from '../formats/bfloat16.ts'

/**
 * Encodes `count` rows `values` [count, width] as rows of a packed weight from `first` on; its memory holds zeros before.
 * - int8: a row's scale is its largest magnitude / 127, its integers are round(value / scale): symmetric, per output channel.
 * - bfloat16: to the nearest, ties to even.
 */
export function packRows(packed: Packed, first: number, count: number, values: Float32Array): void {
  const width = values.length / count
  for (let row = 0; row < count; row++) {
    const of = values.subarray(row * width, (row + 1) * width)
    if (packed.encoding === 'int8') packInt8(packed, first + row, of)
    else packBfloat16(packed.values, rowStart(packed, first + row), of)
  }
}

/** Stores rows that are quantised already: integers [count, width] and a scale for each row. */
export function packQuantised(
  packed: Extract<Packed, { encoding: 'int8' }>,
  first: number,
  values: Int8Array,
  scales: Float32Array,
): void {
  const count = scales.length
  const width = values.length / count
  for (let row = 0; row < count; row++) {
    const start = rowStart(packed, first + row)
    const from = row * width
    let sum = 0
    for (let k = 0; k < width; k++) {
      const value = values[from + k]
      sum += value
      packed.values[start + (k >> 2) * 64 + (k & 3)] = value
    }
    packed.scales[first + row] = scales[row]
    packed.sums[first + row] = sum
  }
}

/** What quantised rows stand for: integers [count, width] times the scale of their row. */
export function dequantised(values: Int8Array, scales: Float32Array): Float32Array {
  const floats = new Float32Array(values.length)
  const width = values.length / scales.length
  for (let row = 0, at = 0; row < scales.length; row++)
    for (const end = at + width; at < end; at++) floats[at] = values[at] * scales[row]
  return floats
}

function packInt8(packed: Extract<Packed, { encoding: 'int8' }>, row: number, values: Float32Array): void {
  const scale = Math.fround(largestMagnitude(values, 0, values.length) / 127)
  if (scale === 0) return
  const to = packed.values
  const start = rowStart(packed, row)
  let sum = 0
  for (let k = 0; k < values.length; k++) {
    const rounded = roundToEven(Math.fround(values[k] / scale))
    // A scale so small that it has few bits of its own may leave a quotient above 127.
    const value = Math.max(-127, Math.min(127, rounded))
    sum += value
    to[start + (k >> 2) * 64 + (k & 3)] = value
  }
  packed.scales[row] = scale
  packed.sums[row] = sum
}

let halves = new Uint16Array(0)

function packBfloat16(to: Uint16Array, start: number, values: Float32Array): void {
  if (halves.length < values.length) halves = new Uint16Array(values.length)
  bfloat16FromFloats(values, halves)
  for (let k = 0; k < values.length; k++) to[start + (k >> 1) * 32 + (k & 1)] = halves[k]
}
