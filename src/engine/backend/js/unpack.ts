import type { Packed } from '../backend.ts'
import { PANEL, rowStart } from '../packed.ts'

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

/** to [count, depth] ← rows [first, first + count) of an encoded weight as floats, int8 as its integers. */
export function unpackRows(packed: Packed, first: number, count: number, to: Scratch): void {
  const { depth } = packed
  to.reserve(count * depth)
  for (let row = 0; row < count; row++) {
    const start = rowStart(packed, first + row)
    if (packed.encoding === 'int8') unpackInt8(packed.values, start, to.floats, row * depth, depth)
    else if (packed.encoding === 'bfloat16') unpackBfloat16(packed.values, start, to.bits, row * depth, depth)
    else for (let k = 0; k < depth; k++) to.floats[row * depth + k] = packed.values[start + k * PANEL]
  }
}

function unpackInt8(values: Int8Array, start: number, to: Float32Array, offset: number, depth: number): void {
  let from = start
  for (let at = offset; at < offset + depth; at += 4, from += 64) {
    to[at] = values[from]
    to[at + 1] = values[from + 1]
    to[at + 2] = values[from + 2]
    to[at + 3] = values[from + 3]
  }
}

function unpackBfloat16(values: Uint16Array, start: number, bits: Uint32Array, offset: number, depth: number): void {
  let from = start
  for (let at = offset; at < offset + depth; at += 2, from += 32) {
    bits[at] = values[from] << 16
    bits[at + 1] = values[from + 1] << 16
  }
}
