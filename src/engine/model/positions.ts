import { bucketOf } from './buckets.ts'
import { areSinusoids, offsetOf, type Positions } from './config.ts'
import { writeSinusoids } from './sinusoids.ts'

/**
 * What programs bind of positions: sinusoids for 0, 1, 2, …, [positions, dModel], made as far as anyone has asked, or the bucket of each
 * distance.
 */
export class PositionTable {
  readonly #positions: Positions
  readonly #width: number
  #values = new Float32Array(0)
  /** The tables as they are bound; another object when sinusoids have grown. */
  arrays: Readonly<Record<string, Float32Array | Int32Array>> = { sinusoids: this.#values }

  constructor(positions: Positions, width: number) {
    this.#positions = positions
    this.#width = width
    if (positions.kind === 'buckets') this.arrays = { ...this.arrays, ...bucketTables(positions) }
  }

  /** Sinusoids for sentences of so many tokens. Empty where positions are no sinusoids. */
  atLeast(tokens: number): Float32Array {
    if (!areSinusoids(this.#positions)) return this.#values
    const zeros = hasZeros(this.#positions) ? 1 : 0
    const rows = tokens + offsetOf(this.#positions) + zeros
    const made = this.#values.length / this.#width
    if (made < rows) {
      const values = new Float32Array(Math.max(rows, 2 * made, 16) * this.#width)
      values.set(this.#values)
      writeSinusoids(this.#positions.kind, values, this.#width, Math.max(0, made - zeros))
      if (zeros) values.fill(0, values.length - this.#width)
      this.#values = values
      this.arrays = { sinusoids: values }
    }
    return this.#values
  }

  /**
   * The position that adds nothing, the last row of the table, where a padding token has none; null where it has one like other tokens.
   * M2M100's table has zeros for the padding id, and generate() gives a padding token that comes out this row.
   */
  get nowhere(): number | null {
    if (!hasZeros(this.#positions)) return null
    return this.#values.length / this.#width - 1 - offsetOf(this.#positions)
  }
}

const hasZeros = (positions: Positions): boolean => positions.kind === 'timingSignal' && offsetOf(positions) > 0

/** The bucket of each distance from −furthest to furthest, in the encoder and in the decoder. */
function bucketTables({ buckets, furthest }: { buckets: number; furthest: number }) {
  const table = (bidirectional: boolean) =>
    Int32Array.from({ length: 2 * furthest + 1 }, (_, i) => bucketOf(i - furthest, buckets, furthest, bidirectional))
  return { 'source.buckets': table(true), 'target.buckets': table(false) }
}
