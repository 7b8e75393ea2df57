import { allocated, sharedMemory } from '../../base/allocated.ts'
import { bfloat16FromFloats } from '../../base/values/bfloat16.ts'
import type { Packed, PackedInt4, PackedInt8, Packing, Quantized, QuantizedInt4 } from '../backend/interface/backend.ts'
import { firstWord, INT4_GROUP, PANEL, wordsInRow, wordsOf } from '../backend/interface/packed.ts'
import { roundToEven } from '../backend/interface/round.ts'
import { quantizeInt4 } from './int4.ts'
import { quantizeWeightRow } from './quantize.ts'

/** Packing in JavaScript, the reference: every other implementation must write the same bytes. */
export const javascriptPacking: Packing = {
  store: (floats) => allocated(4 * floats, () => new Float32Array(sharedMemory(4 * floats))),
  packRows,
  packQuantized,
  packInt4,
}

function packRows(packed: Packed, first: number, count: number, values: Float32Array): void {
  if (packed.encoding === 'int4') return packInt4(packed, first, count, quantizeInt4(values, count))
  const width = values.length / count
  const line = new Line(packed, width)
  for (let row = 0; row < count; row++) {
    if (packed.encoding === 'int8') {
      packed.scales[first + row] = quantizeWeightRow(values, row * width, width, line.integers, 0)
      packed.sums[first + row] = line.sum()
    } else {
      const floats = values.subarray(row * width, (row + 1) * width)
      if (packed.encoding === 'bfloat16') bfloat16FromFloats(floats, line.halves)
      else line.floats.set(floats)
    }
    line.scatter(first + row)
  }
}

function packQuantized(packed: PackedInt8, first: number, { values, scales }: Quantized): void {
  const width = values.length / scales.length
  const line = new Line(packed, width)
  packed.scales.set(scales, first)
  for (let row = 0; row < scales.length; row++) {
    line.integers.set(values.subarray(row * width, (row + 1) * width))
    packed.sums[first + row] = line.sum()
    line.scatter(first + row)
  }
}

function packInt4(packed: PackedInt4, first: number, count: number, { integers, scales }: QuantizedInt4): void {
  const groups = scales.length / count
  const factors = new Int16Array(groups)
  const words = new Int32Array(wordsInRow(packed))
  for (let row = 0; row < count; row++) {
    packed.scales[first + row] = integerScales(scales.subarray(row * groups, (row + 1) * groups), factors)
    writeWords(words, factors, integers, (row * groups * INT4_GROUP) / 2)
    let at = firstWord(packed, first + row)
    for (const word of words) {
      packed.values[at] = word
      at += PANEL
    }
  }
}

/** The most that magnitudes of the integer scales of a row add up to before they are rounded: sums of products stay below 2³¹ then. */
const MOST_SCALES = 63000

/** integers ← numbers in proportion to the scales of a row's groups; returns the scale of the row, by which one is multiplied: that of least squares. */
function integerScales(scales: Float32Array, integers: Int16Array): number {
  let all = 0
  let most = 0
  for (const scale of scales) {
    all += Math.abs(scale)
    most = Math.max(most, Math.abs(scale))
  }
  const scale = Math.fround(Math.max(all / MOST_SCALES, most / 32767))
  let products = 0
  let squares = 0
  scales.forEach((of, g) => {
    const integer = scale === 0 ? 0 : Math.max(-32767, Math.min(32767, roundToEven(of / scale)))
    integers[g] = integer
    products += of * integer
    squares += integer * integer
  })
  return squares === 0 ? 0 : Math.fround(products / squares)
}

/** The words of a row, as packed.ts has them. */
function writeWords(words: Int32Array, scales: Int16Array, integers: Uint8Array, first: number): void {
  words.fill(0)
  for (let g = 0, from = first; g < scales.length; g++) {
    const block = (g >> 1) * 9
    words[block] |= (scales[g] & 0xffff) << (16 * (g & 1))
    for (let word = block + 1 + 4 * (g & 1), k = 0; k < INT4_GROUP; k += 8, word++)
      for (let i = 0; i < 8; i++) {
        const integer = (integers[from + ((k + i) >> 1)] >> (4 * (i & 1))) & 15
        words[word] |= integer << (8 * (i & 3) + 4 * (i >> 2))
      }
    from += INT4_GROUP / 2
  }
}

/**
 * Writes an encoded row into its panel, where consecutive 32-bit words of one row lie 16 words apart. Zeros fill up the
 * last word.
 */
class Line {
  readonly integers: Int8Array
  readonly halves: Uint16Array
  readonly floats: Float32Array
  readonly #words: Int32Array
  readonly #packed: Packed
  readonly #to: Int32Array

  constructor(packed: Packed, width: number) {
    this.#packed = packed
    this.#to = wordsOf(packed)
    this.#words = new Int32Array(Math.ceil((width * packed.values.BYTES_PER_ELEMENT) / 4))
    this.integers = new Int8Array(this.#words.buffer)
    this.halves = new Uint16Array(this.#words.buffer)
    this.floats = new Float32Array(this.#words.buffer)
  }

  /** Sum of the integers. */
  sum(): number {
    const words = this.#words
    let sum = 0
    for (let i = 0; i < words.length; i++) {
      const word = words[i]
      sum += (word >> 24) + ((word << 8) >> 24) + ((word << 16) >> 24) + ((word << 24) >> 24)
    }
    return sum
  }

  /** Writes the encoded row to row `row` of the packed weight. */
  scatter(row: number): void {
    const words = this.#words
    const to = this.#to
    let at = firstWord(this.#packed, row)
    for (let i = 0; i < words.length; i++, at += PANEL) to[at] = words[i]
  }
}
