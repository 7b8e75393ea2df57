import type { Encoding, Packed } from './backend.ts'

/** The number of rows of a weight that lie interleaved: as many as an AVX-512 register has lanes. */
export const PANEL = 16

export type PackedEncoding = Exclude<Encoding, 'float32'>

/** Values of a row that share a scale in int4. */
export const INT4_GROUP = 32

/** The least values of a row that whole words hold, and these words. In int4 these are two groups: a word of both scales, and eight values in each other word. */
const blocks = {
  float32panels: { values: 1, words: 1 },
  bfloat16: { values: 2, words: 1 },
  int8: { values: 4, words: 1 },
  int4: { values: 2 * INT4_GROUP, words: 9 },
} as const satisfies Record<PackedEncoding, { values: number; words: number }>

/** Elements of an encoded weight's array in a word of 32 bits. */
const inWord = { float32panels: 1, bfloat16: 2, int8: 4, int4: 1 } as const satisfies Record<PackedEncoding, number>

/** The words of a line of 64 bytes: a row takes whole lines, as the steps of kernels do. */
const WORDS = 16

/** Where an encoded weight's parts lie, in floats after its beginning. */
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
 * - int4: nine words are 64 values: the integer scales of two groups in 16 bits each, then four words for each group. A word has the integers
 *   of eight values with 8 added: the lower halves of its bytes are those of the first four. Then scales float32 [16 · panels]. A value is
 *   its integer · the scale of its group · the scale of its row. Scales of groups are so small that products of a row with int8 add up to
 *   less than 2³¹.
 * - bfloat16: a word is two values.
 * - float32panels: a word is a value.
 */
export function packedLayout(encoding: PackedEncoding, rows: number, width: number): PackedLayout {
  const lanes = Math.ceil(rows / PANEL) * PANEL
  const block = blocks[encoding]
  const step = encoding === 'int4' ? 1 : WORDS
  const count = Math.ceil(width / block.values / step) * step
  const words = count * block.words
  const scales = lanes * words
  const sums = scales + (encoding === 'int8' || encoding === 'int4' ? lanes : 0)
  const multipliers = sums + (encoding === 'int8' ? lanes : 0)
  const size = multipliers + (encoding === 'int8' ? WORDS : 0)
  return { depth: count * block.values, words, scales, sums, multipliers, size }
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
  const { depth, words, scales, sums, multipliers } = packedLayout(encoding, rows, width)
  const lanes = Math.ceil(rows / PANEL) * PANEL
  const { buffer } = values
  const at = values.byteOffset + 4 * offset
  if (encoding === 'float32panels') return { encoding, values: new Float32Array(buffer, at, lanes * depth), depth }
  if (encoding === 'bfloat16') return { encoding, values: new Uint16Array(buffer, at, lanes * depth), depth }
  if (encoding === 'int4')
    return {
      encoding,
      values: new Int32Array(buffer, at, lanes * words),
      scales: new Float32Array(buffer, at + 4 * scales, lanes),
      depth,
    }
  return {
    encoding,
    values: new Int8Array(buffer, at, lanes * depth),
    scales: new Float32Array(buffer, at + 4 * scales, lanes),
    sums: new Int32Array(buffer, at + 4 * sums, lanes),
    multipliers: new Float32Array(buffer, at + 4 * multipliers, WORDS),
    depth,
  }
}

/** The words of 32 bits in a row. */
export const wordsInRow = ({ encoding, depth }: Pick<Packed, 'encoding' | 'depth'>): number =>
  (depth / blocks[encoding].values) * blocks[encoding].words

/** Where row `row` begins among the words of a weight: its next words lie PANEL words apart. */
export const firstWord = (packed: Packed, row: number): number =>
  (row - (row % PANEL)) * wordsInRow(packed) + (row % PANEL)

/**
 * Where row `row` begins in the array of values. In all encodings but int4 its value k lies at start + PANEL · (k − k mod n) + k mod n, n
 * values being a word.
 */
export const rowStart = (packed: Packed, row: number): number => firstWord(packed, row) * inWord[packed.encoding]

/** Rows of an encoded weight, those that fill up its last panel among them. */
export const packedRows = (packed: Packed): number =>
  packed.values.length / inWord[packed.encoding] / wordsInRow(packed)

/** A weight's values as words of 32 bits. The words are integers, because a float32 might not keep every bit of a NaN. */
export const wordsOf = ({ values: { buffer, byteOffset, byteLength } }: Packed) =>
  new Int32Array(buffer, byteOffset, byteLength / 4)
