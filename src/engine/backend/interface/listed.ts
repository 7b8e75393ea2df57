import type { Encoding, Matrix, Packed } from './backend.ts'
import { firstWord, PANEL, packedLayout, wordsInRow, wordsOf } from './packed.ts'

/**
 * Rows of a weight that are copied out of it, in its own encoding, into an array of 32-bit words: a matrix [rows, listedWidth]
 * of float32 where the weight lies in rows; otherwise panels of 16 rows as in packed.ts, [⌈rows/16⌉][listedWidth][16] words. Scales
 * and sums stay where they are. A list begins at a panel.
 */
export function listedWidth(encoding: Encoding, width: number): number {
  return encoding === 'float32' ? width : packedLayout(encoding, 0, width).words
}

/** Copies rows `ids` of a weight to rows from `first` on, a multiple of 16. Zeros fill up the last panel. */
export function copyListed(weight: Matrix, ids: ArrayLike<number>, into: Float32Array, first: number): void {
  if (weight.packed) return copyPanels(weight.packed, ids, into, first)
  const { data, offset, stride, width } = weight
  for (let i = 0; i < ids.length; i++) {
    const start = offset + ids[i] * stride
    into.set(data.subarray(start, start + width), (first + i) * width)
  }
}

function copyPanels(packed: Packed, ids: ArrayLike<number>, into: Float32Array, first: number): void {
  const from = wordsOf(packed)
  const words = wordsInRow(packed)
  const lanes = Math.ceil(ids.length / PANEL) * PANEL
  const to = new Int32Array(into.buffer, into.byteOffset + 4 * first * words, lanes * words)
  for (let i = 0; i < lanes; i++) {
    let at = i < ids.length ? firstWord(packed, ids[i]) : -1
    let place = (i - (i % PANEL)) * words + (i % PANEL)
    for (let word = 0; word < words; word++, place += PANEL) {
      to[place] = at < 0 ? 0 : from[at]
      if (at >= 0) at += PANEL
    }
  }
}

/** The rows of a list as a weight. The list begins at row `begin` of `listed`, and has the scales of rows `ids` of `weight`. */
export function listedWeight(weight: Matrix, listed: Matrix, ids: ArrayLike<number>, begin: number): Matrix {
  const { width, packed } = weight
  const offset = listed.offset + begin * listed.stride
  const rows = { data: listed.data, offset, stride: listed.stride, rows: ids.length, width }
  return packed ? { ...rows, packed: listedPanels(packed, listed.data, offset, ids) } : rows
}

function listedPanels(packed: Packed, data: Matrix['data'], offset: number, ids: ArrayLike<number>): Packed {
  const { encoding, depth } = packed
  const count = Math.ceil(ids.length / PANEL) * PANEL * depth
  const at = data.byteOffset + 4 * offset
  if (encoding === 'float32panels') return { encoding, values: new Float32Array(data.buffer, at, count), depth }
  if (encoding === 'bfloat16') return { encoding, values: new Uint16Array(data.buffer, at, count), depth }
  const scales = Float32Array.from(ids, (id) => packed.scales[id])
  if (encoding === 'int4') {
    const words = Math.ceil(ids.length / PANEL) * PANEL * wordsInRow(packed)
    return { encoding, values: new Int32Array(data.buffer, at, words), scales, depth }
  }
  const sums = Int32Array.from(ids, (id) => packed.sums[id])
  const { multipliers } = packed
  return { encoding, values: new Int8Array(data.buffer, at, count), scales, sums, multipliers, depth }
}
