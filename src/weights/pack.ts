import type { Packed, Packing, Quantised } from '../backend/backend.ts'
import { PANEL, rowStart } from '../backend/packed.ts'
import { bfloat16FromFloats } from '../formats/bfloat16.ts'
import { quantiseRow } from './quantise.ts'

/** Packing in JavaScript: what every other must equal. */
export const javascriptPacking: Packing = { prepare() {}, packRows, packQuantised }

function packRows(packed: Packed, first: number, count: number, values: Float32Array): void {
  const width = values.length / count
  const line = new Line(packed, width)
  for (let row = 0; row < count; row++) {
    if (packed.encoding === 'int8') {
      packed.scales[first + row] = quantiseRow(values, row * width, width, line.integers, 0)
      packed.sums[first + row] = line.sum()
    } else bfloat16FromFloats(values.subarray(row * width, (row + 1) * width), line.halves)
    line.scatter(first + row)
  }
}

function packQuantised(
  packed: Extract<Packed, { encoding: 'int8' }>,
  first: number,
  { values, scales }: Quantised,
): void {
  const width = values.length / scales.length
  const line = new Line(packed, width)
  packed.scales.set(scales, first)
  for (let row = 0; row < scales.length; row++) {
    line.integers.set(values.subarray(row * width, (row + 1) * width))
    packed.sums[first + row] = line.sum()
    line.scatter(first + row)
  }
}

/** An encoded row on its way to its panel, where its words of 32 bits lie 16 words apart; the last one is filled up with zeros. */
class Line {
  readonly integers: Int8Array
  readonly halves: Uint16Array
  readonly #words: Int32Array
  readonly #packed: Packed
  readonly #to: Int32Array

  constructor(packed: Packed, width: number) {
    const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = packed.values
    this.#packed = packed
    this.#to = new Int32Array(buffer, byteOffset, byteLength / 4)
    this.#words = new Int32Array(Math.ceil((width * BYTES_PER_ELEMENT) / 4))
    this.integers = new Int8Array(this.#words.buffer)
    this.halves = new Uint16Array(this.#words.buffer)
  }

  /** Of the integers. */
  sum(): number {
    const words = this.#words
    let sum = 0
    for (let i = 0; i < words.length; i++) {
      const word = words[i]
      sum += (word >> 24) + ((word << 8) >> 24) + ((word << 16) >> 24) + ((word << 24) >> 24)
    }
    return sum
  }

  /** Moves it to row `row`. */
  scatter(row: number): void {
    const words = this.#words
    const to = this.#to
    let at = (rowStart(this.#packed, row) * this.#packed.values.BYTES_PER_ELEMENT) / 4
    for (let i = 0; i < words.length; i++, at += PANEL) to[at] = words[i]
  }
}
