import type { AttentionSettings } from '../config/attention-settings.ts'
import type { ImageSettings } from '../config/image-settings.ts'

/** How local attention of one stack is cut into blocks. */
export interface Blocks {
  /** A token sees the tokens fewer than so many away, in the layer that sees furthest. */
  reach: number
  /** The queries of a block. */
  queries: number
  causal: boolean
  global?: AttentionSettings['global']
  /** The image in which tokens are near; keys of its blocks are copied, because they do not lie in one piece. */
  image?: ImageSettings
  /** The most blocks that see one key. */
  readers: number
}

/** The arrays that programs bind for the blocks of sentences, and the rows of their symbols. */
export interface BoundBlocks {
  rows: Record<string, number>
  arrays: Record<string, Int32Array>
}

/** Sentences cut into blocks. */
export interface CutSentences {
  count: number
  /** The spans of the queries and of the keys of each block, and the key at which its first query stands. */
  queries: Int32Array
  keys: Int32Array
  places: Int32Array
}

/** The blocks of sentences while they are cut. */
export class Cuts {
  readonly #queries: number[] = []
  readonly #keys: number[] = []
  readonly #places: number[] = []

  /** Queries [first, last) see keys [firstKey, lastKey). */
  add(first: number, last: number, firstKey: number, lastKey: number): void {
    this.#queries.push(first, last)
    this.#keys.push(firstKey, Math.max(firstKey, lastKey))
    this.#places.push(first - firstKey)
  }

  get cut(): CutSentences {
    return {
      count: this.#places.length,
      queries: Int32Array.from(this.#queries),
      keys: Int32Array.from(this.#keys),
      places: Int32Array.from(this.#places),
    }
  }
}
