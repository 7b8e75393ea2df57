import type { Packed } from '../../interface/backend.ts'
import { INT4_GROUP, PANEL, rowStart } from '../../interface/packed.ts'

/** Memory that is kept from call to call and grows when a call needs more. */
export class Scratch {
  floats = new Float32Array(0)
  /** The same memory as bits. */
  bits = new Uint32Array(0)

  reserve(count: number): void {
    if (this.floats.length >= count) return
    this.floats = new Float32Array(count)
    this.bits = new Uint32Array(this.floats.buffer)
  }
}

/** to [count, depth] ← rows [first, first + count) of an encoded weight as floats; int8 as its integers, int4 as integer · scale of the group. */
export function unpackRows(packed: Packed, first: number, count: number, to: Scratch): void {
  const { depth } = packed
  to.reserve(count * depth)
  for (let row = 0; row < count; row++) {
    const start = rowStart(packed, first + row)
    if (packed.encoding === 'int8') unpackInt8(packed.values, start, to.floats, row * depth, depth)
    else if (packed.encoding === 'int4') unpackInt4(packed.values, start, to.floats, row * depth, depth)
    else if (packed.encoding === 'bfloat16') unpackBfloat16(packed.values, start, to.bits, row * depth, depth)
    else for (let k = 0; k < depth; k++) to.floats[row * depth + k] = packed.values[start + k * PANEL]
  }
}

/** By what the floats of a row that `unpackRows` gives are multiplied. */
export const rowScale = (packed: Packed, row: number): number => ('scales' in packed ? packed.scales[row] : 1)

function unpackInt8(values: Int8Array, start: number, to: Float32Array, offset: number, depth: number): void {
  let from = start
  for (let at = offset; at < offset + depth; at += 4, from += 64) {
    to[at] = values[from]
    to[at + 1] = values[from + 1]
    to[at + 2] = values[from + 2]
    to[at + 3] = values[from + 3]
  }
}

function unpackInt4(words: Int32Array, start: number, to: Float32Array, offset: number, depth: number): void {
  let from = start
  for (let at = offset; at < offset + depth; at += 2 * INT4_GROUP) {
    const scales = words[from]
    from = unpackGroup(words, from + PANEL, to, at, (scales << 16) >> 16)
    from = unpackGroup(words, from, to, at + INT4_GROUP, scales >> 16)
  }
}

/** to [INT4_GROUP] ← the values of a group; returns where its words end. */
function unpackGroup(words: Int32Array, start: number, to: Float32Array, offset: number, scale: number): number {
  let from = start
  for (let at = offset; at < offset + INT4_GROUP; at += 8, from += PANEL) {
    const word = words[from]
    for (let i = 0; i < 4; i++) {
      to[at + i] = (((word >> (8 * i)) & 15) - 8) * scale
      to[at + 4 + i] = (((word >> (8 * i + 4)) & 15) - 8) * scale
    }
  }
  return from
}

function unpackBfloat16(values: Uint16Array, start: number, bits: Uint32Array, offset: number, depth: number): void {
  let from = start
  for (let at = offset; at < offset + depth; at += 2, from += 32) {
    bits[at] = values[from] << 16
    bits[at + 1] = values[from + 1] << 16
  }
}
