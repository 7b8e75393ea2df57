import { allocated } from '../../base/allocated.ts'
import { bfloat16FromFloats } from '../../base/bfloat16.ts'
import { sharedMemory } from '../../base/shared-memory.ts'
import type { Packed, PackedInt8, Packing, Quantized } from '../backend/backend.ts'
import { PANEL, rowStart, wordsOf } from '../backend/packed.ts'
import { quantizeWeightRow } from './quantize.ts'

/** Packing in JavaScript, the reference: every other implementation must write the same bytes. */
export const javascriptPacking: Packing = {
  store: (floats) => allocated(4 * floats, () => new Float32Array(sharedMemory(4 * floats))),
  packRows,
  packQuantized,
}

function packRows(packed: Packed, first: number, count: number, values: Float32Array): void {
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
    let at = (rowStart(this.#packed, row) * this.#packed.values.BYTES_PER_ELEMENT) / 4
    for (let i = 0; i < words.length; i++, at += PANEL) to[at] = words[i]
  }
}
