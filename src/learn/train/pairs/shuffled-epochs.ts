import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { Random } from '../state/random.ts'
import type { Pair } from './corpus.ts'
import { mixed } from './fingerprint.ts'
import type { EpochPairs } from './mixed-pairs.ts'

/** Position in the epochs, as JSON. */
export interface Place {
  /** The pass over the corpus, from 0. */
  epoch: number
  /** Pairs of this epoch, in its order, that have been taken. */
  pairsRead: number
  /** A hash of these pairs, which detects a changed corpus. */
  check: number
}

/**
 * The pairs of a corpus, epoch after epoch, each epoch in an order that depends only on the seed and the epoch. To
 * resume at a position, the epoch's pairs are read again up to that position, so that the stored position stays small.
 */
export class ShuffledEpochs {
  readonly #pairs: EpochPairs
  readonly #shuffle: number
  readonly #seed: number
  #place: Place
  #order: AsyncIterator<Pair> | null = null
  /** Pairs that have been read ahead. */
  readonly #next: Pair[] = []

  constructor(
    pairs: EpochPairs,
    { shuffle, seed }: { shuffle: number; seed: number },
    place: Place = { epoch: 0, pairsRead: 0, check: 0 },
  ) {
    this.#pairs = pairs
    this.#shuffle = shuffle
    this.#seed = seed
    this.#place = { ...place }
  }

  get place(): Place {
    return { ...this.#place }
  }

  /** The next pair of this epoch, or one `further` after it, without taking it; null at the end. */
  async peek(further = 0): Promise<Pair | null> {
    if (this.#order === null) await this.#open()
    while (this.#next.length <= further) {
      const pair = await this.#read()
      if (pair === null) return null
      this.#next.push(pair)
    }
    return this.#next[further]
  }

  /** Moves beyond the pair that was peeked at. */
  take(): void {
    const pair = this.#next.shift()
    if (pair === undefined) throw new GlassformerError('ERR_INTERNAL', 'a pair was taken that had not been peeked at')
    this.#place.check = mixed(this.#place.check, pair)
    this.#place.pairsRead++
  }

  nextEpoch(): void {
    this.#place = { epoch: this.#place.epoch + 1, pairsRead: 0, check: 0 }
    this.#order = null
    this.#next.length = 0
  }

  /** Closes the files that are open. */
  async close(): Promise<void> {
    await this.#order?.return?.()
    this.#order = null
    this.#next.length = 0
  }

  /** Begins the epoch, and moves to the position in it. */
  async #open(): Promise<void> {
    const { epoch, pairsRead, check } = this.#place
    const isShuffled = this.#shuffle > 0
    const pairs = this.#pairs.pass?.(epoch) ?? this.#pairs
    this.#order = isShuffled
      ? shuffled(pairs, this.#shuffle, new Random(this.#seed, epoch))
      : pairs[Symbol.asyncIterator]()
    let found = 0
    for (let k = 0; k < pairsRead; k++) {
      const pair = await this.#read()
      if (pair === null) throw changed(`it has only ${k} pairs now, and ${pairsRead} had been read`)
      found = mixed(found, pair)
    }
    if (found !== check) throw changed(`the first ${pairsRead} pairs are not those that had been read`)
  }

  async #read(): Promise<Pair | null> {
    const { done, value } = await present(this.#order).next()
    return done === true ? null : value
  }
}

const changed = (what: string) =>
  new GlassformerError(
    'ERR_INPUT',
    `training cannot go on exactly, as the corpus or its cleaning has changed: ${what}; put it back, or start anew`,
  )

/**
 * Shuffles a stream with `size` items in memory: each new item takes the place of a random one, which is yielded. If
 * all items fit, every order is equally likely. In a longer stream, an item comes at most `size` places too early, and
 * may stay long.
 *
 * The order depends only on the items, `size` and `random`.
 */
export async function* shuffled<T>(
  items: AsyncIterable<T>,
  size: number,
  random: Random,
): AsyncGenerator<T, void, undefined> {
  const buffer: T[] = []
  for await (const item of items) {
    if (buffer.length < size) {
      buffer.push(item)
      continue
    }
    const place = random.below(size)
    const out = buffer[place]
    buffer[place] = item
    yield out
  }
  yield* random.shuffle(buffer)
}
