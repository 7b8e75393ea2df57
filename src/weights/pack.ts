import type { Packed } from '../backend/backend.ts'
import { PANEL, rowStart } from '../backend/packed.ts'
import { bfloat16FromFloats } from '../formats/bfloat16.ts'
import { type Quantised, quantiseRows } from './quantise.ts'

/** Encodes `count` rows `values` [count, width] as rows of a packed weight from `first` on; its memory holds zeros before. */
export function packRows(packed: Packed, first: number, count: number, values: Float32Array): void {
  if (packed.encoding === 'int8') return packQuantised(packed, first, quantiseRows(values, count))
  const halves = new Uint16Array(values.length)
  bfloat16FromFloats(values, halves)
  interleave(packed, first, count, halves)
}

/** Stores rows that are quantised already. */
export function packQuantised(
  packed: Extract<Packed, { encoding: 'int8' }>,
  first: number,
  { values, scales }: Quantised,
): void {
  const width = values.length / scales.length
  packed.scales.set(scales, first)
  for (let row = 0, at = 0; row < scales.length; row++) {
    let sum = 0
    for (const end = at + width; at < end; at++) sum += values[at]
    packed.sums[first + row] = sum
  }
  interleave(packed, first, scales.length, values)
}

/**
 * Moves rows [count, width] to their panels. Of either encoding a panel has words of 32 bits, 16 rows apart; a row that does not
 * end with a whole word is filled up with zeros.
 */
function interleave(packed: Packed, first: number, count: number, rows: Int8Array | Uint16Array): void {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: bytes } = packed.values
  const to = new Int32Array(buffer, byteOffset, byteLength / 4)
  const width = rows.length / count
  const words = new Int32Array(Math.ceil((width * bytes) / 4))
  const line = packed.encoding === 'int8' ? new Int8Array(words.buffer) : new Uint16Array(words.buffer)
  for (let row = 0; row < count; row++) {
    line.set(rows.subarray(row * width, (row + 1) * width))
    let at = (rowStart(packed, first + row) * bytes) / 4
    for (let k = 0; k < words.length; k++, at += PANEL) to[at] = words[k]
  }
}
