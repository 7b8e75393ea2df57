import { GrowingIntegers } from '../../../base/values/joined-arrays.ts'
import { type CompressedSettings, compressionOf } from '../config/attention-settings.ts'
import type { ModelConfig } from '../config/config.ts'
import type { BoundBlocks } from '../local/cuts.ts'

/**
 * The compressed memory of sentences as programs bind it (Liu et al. 2018, 4.2.4): a row for the first token of each sentence, and one for each block
 * of `factor` tokens that has a token after it. Each is made of rows of x. With `gathered` there are also the inverses, for gradients.
 */
export function bindCompressed(
  config: Pick<ModelConfig, 'decoder'>,
  spans: Int32Array,
  { gathered = false }: { gathered?: boolean } = {},
): BoundBlocks {
  const compression = compressionOf(config.decoder)
  if (!compression) return { rows: {}, arrays: {} }
  const made = new MadeRows(compression)
  const keys = new Int32Array(spans.length)
  for (let b = 0; b < spans.length; b += 2) {
    const [begin, end] = [spans[b], spans[b + 1]]
    keys[b] = made.count
    if (end > begin) made.addFirst(begin)
    for (let last = begin + compression.factor - 1; last + 1 < end; last += compression.factor)
      made.addBlock((j) => last - compression.factor + 1 + j)
    keys[b + 1] = made.count
  }
  const rows = spans.at(-1) ?? 0
  return {
    rows: made.rows,
    arrays: { ...made.arrays, 'compressed.keys': keys, ...(gathered && made.inverses(rows)) },
  }
}

/** The rows of compressed memory of a sentence. */
export const memoryRows = (tokens: number, factor: number): number =>
  tokens ? 1 + Math.floor((tokens - 1) / factor) : 0

/** Rows of compressed memory while they are listed. */
export class MadeRows {
  readonly #factor: number
  readonly #windows = new GrowingIntegers()
  readonly #blocks = new GrowingIntegers()
  readonly #firsts = new GrowingIntegers()

  constructor({ factor }: Pick<CompressedSettings, 'factor'>) {
    this.#factor = factor
  }

  get count(): number {
    return this.#blocks.length
  }

  /** Adds the first token of a sentence, which stands for itself. */
  addFirst(row: number): void {
    this.#blocks.push(-1)
    this.#firsts.push(row)
  }

  /** Adds a block, of which rowOf(j) is the row of token j. */
  addBlock(rowOf: (j: number) => number): void {
    this.#blocks.push(this.#windows.length / this.#factor)
    this.#firsts.push(-1)
    for (let j = 0; j < this.#factor; j++) this.#windows.push(rowOf(j))
  }

  clear(): void {
    for (const list of [this.#windows, this.#blocks, this.#firsts]) list.clear()
  }

  /** The rows of the symbols of programs. */
  get rows(): Record<string, number> {
    return { 'C.blocks': this.#windows.length / this.#factor, 'C.rows': this.#blocks.length }
  }

  /** The rows of x of each block; for each row of memory its block, or the row of x that it is; −1: none. */
  get arrays(): Record<string, Int32Array> {
    return {
      'compressed.windows': this.#windows.values,
      'compressed.blocks': this.#blocks.values,
      'compressed.firsts': this.#firsts.values,
    }
  }

  /** For each of `rows` rows of x its place in the blocks and its row of memory; for each block its row of memory. */
  inverses(rows: number): Record<string, Int32Array> {
    const inverse = (length: number, index: GrowingIntegers) => {
      const places = new Int32Array(length).fill(-1)
      for (let place = 0; place < index.length; place++)
        if (index.values[place] >= 0) places[index.values[place]] = place
      return places
    }
    return {
      'compressed.readers': inverse(rows, this.#windows),
      'compressed.firstReaders': inverse(rows, this.#firsts),
      'compressed.places': inverse(this.#windows.length / this.#factor, this.#blocks),
    }
  }
}
