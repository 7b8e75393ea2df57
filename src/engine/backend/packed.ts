import type { Encoding, Packed } from './backend.ts'

/** The number of rows of a weight that lie interleaved: as many as an AVX-512 register has lanes. */
export const PANEL = 16

export type PackedEncoding = Exclude<Encoding, 'float32'>

const perWord = { float32panels: 1, bfloat16: 2, int8: 4 } as const satisfies Record<PackedEncoding, number>

/** The words of a line of 64 bytes: a row takes whole lines, as the steps of kernels do. */
const WORDS = 16

/** Where an encoded weight's parts lie, in floats behind its beginning. */
export interface PackedLayout {
  /** Its width, rounded up with zeros to whole steps of the kernels. */
  depth: number
  /** Words of 32 bits that a row takes. */
  words: number
  scales: number
  sums: number
  multipliers: number
  size: number
}

/**
 * The layout of a weight [rows, width]: panels of 16 rows, the last one filled up with zeros, whose words of 32 bits lie in turn:
 * [⌈rows/16⌉][words][16].
 * - int8: a word is four values; then scales float32 [16 · panels] and sums int32 [16 · panels], each row's sum of its integers; then a
 *   line of multipliers. One [16][4] is a register of AVX512-VNNI and a row of an AMX tile.
 * - bfloat16: a word is two values.
 * - float32panels: a word is a value.
 */
export function packedLayout(encoding: PackedEncoding, rows: number, width: number): PackedLayout {
  const lanes = Math.ceil(rows / PANEL) * PANEL
  const words = Math.ceil(width / perWord[encoding] / WORDS) * WORDS
  const scales = lanes * words
  const beside = encoding === 'int8' ? lanes : 0
  const multipliers = scales + 2 * beside
  const size = multipliers + (encoding === 'int8' ? WORDS : 0)
  return { depth: words * perWord[encoding], words, scales, sums: scales + beside, multipliers, size }
}

/** Floats of the store that a weight takes. */
export function storedSize(encoding: Encoding, rows: number, width: number): number {
  return encoding === 'float32' ? rows * width : packedLayout(encoding, rows, width).size
}

/** Views of an encoded weight in its store. */
export function packedViews(
  values: Float32Array,
  { encoding, rows, width, offset }: { encoding: Encoding; rows: number; width: number; offset: number },
): Packed | undefined {
  if (encoding === 'float32') return undefined
  const { depth, scales, sums, multipliers } = packedLayout(encoding, rows, width)
  const lanes = Math.ceil(rows / PANEL) * PANEL
  const { buffer } = values
  const at = values.byteOffset + 4 * offset
  if (encoding === 'float32panels') return { encoding, values: new Float32Array(buffer, at, lanes * depth), depth }
  if (encoding === 'bfloat16') return { encoding, values: new Uint16Array(buffer, at, lanes * depth), depth }
  return {
    encoding,
    values: new Int8Array(buffer, at, lanes * depth),
    scales: new Float32Array(buffer, at + 4 * scales, lanes),
    sums: new Int32Array(buffer, at + 4 * sums, lanes),
    multipliers: new Float32Array(buffer, at + 4 * multipliers, WORDS),
    depth,
  }
}

/** Where row `row` begins in the values: its value k lies at start + PANEL · (k − k mod n) + k mod n, n values being a word. */
export function rowStart({ encoding, depth }: Packed, row: number): number {
  const inPanel = row % PANEL
  return (row - inPanel) * depth + inPanel * perWord[encoding]
}

/** A weight's values as words of 32 bits. The words are integers, because a float32 might not keep every bit of a NaN. */
export const wordsOf = ({ values: { buffer, byteOffset, byteLength } }: Packed) =>
  new Int32Array(buffer, byteOffset, byteLength / 4)

/** Values of a row that share a word. */
export const valuesPerWord = ({ encoding }: Packed): number => perWord[encoding]
