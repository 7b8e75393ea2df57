import { GlassformerError } from '../../../base/errors.ts'
import type { TokenPair } from '../../../engine/decode/step/index.ts'
import type { Augmenter } from '../augment/augmenter.ts'
import type { Pair } from '../pairs/corpus.ts'
import type { EpochPairs } from '../pairs/mixed-pairs.ts'
import { ShuffledEpochs } from '../pairs/shuffled-epochs.ts'
import { Random } from '../state/random.ts'
import type { BatchSettings, BatchStreamState, DroppedCounts } from './batch-stream-state.ts'
import { type PairTokenizer, tokensRead } from './pair-tokenizer.ts'

/** The pairs of one training step, or a part of them. */
export interface Batch {
  pairs: TokenPair[]
  /** The pass over the corpus to which the batch belongs, from 0. A batch never has pairs of two passes. */
  epoch: number
  /**
   * The fraction of padding if the sentences of each side were stacked, from 0 to 1; the batch itself has no padding.
   */
  paddingShare: number
}

/** Collects the pairs of a batch. The batch is full when the next pair would bring one side above its budget. */
class BatchBuilder {
  readonly #budget: { sourceTokens: number; targetTokens: number }
  readonly #pairs: TokenPair[] = []
  #sourceTokens = 0
  #targetTokens = 0

  constructor(budget: { sourceTokens: number; targetTokens: number }) {
    this.#budget = budget
  }

  hasRoomFor({ source, target }: TokenPair): boolean {
    const { sourceTokens, targetTokens } = this.#budget
    return this.#sourceTokens + source.length <= sourceTokens && this.#targetTokens + target.length <= targetTokens
  }

  add(pair: TokenPair): void {
    this.#pairs.push(pair)
    this.#sourceTokens += pair.source.length
    this.#targetTokens += pair.target.length
  }

  /** The batch; null if no pair was added. */
  finish(epoch: number): Batch | null {
    const pairs = this.#pairs
    if (!pairs.length) return null
    const longest = (side: 'source' | 'target') => pairs.reduce((most, pair) => Math.max(most, pair[side].length), 0)
    const stacked = pairs.length * (longest('source') + longest('target'))
    return { pairs, epoch, paddingShare: 1 - (this.#sourceTokens + this.#targetTokens) / stacked }
  }
}

/** The next pair in ids, or the reason why it is dropped, and the number of corpus pairs it is made of. */
interface Next {
  ids: TokenPair | keyof DroppedCounts
  pairs: number
}

/** Number of a random stream, which separates the random numbers of augmentation from those of orders. */
const AUGMENTATION = 1

/**
 * Batches of a corpus for training. Pairs are shuffled in a bounded buffer, tokenized, and put together until a budget of tokens is full.
 * Every epoch has an order of its own, which depends only on the seed and the epoch.
 *
 * A stream can be resumed exactly: a stream that gets the `state()` after some batch, kept as JSON, gives the very batches that would have
 * followed. Resuming reads the epoch's pairs again up to that place, without tokenizing them.
 *
 * Call `next` only when its last promise has resolved.
 */
export class BatchStream {
  readonly #epochs: ShuffledEpochs
  readonly #tokenizer: PairTokenizer
  /** The ids around every source. */
  readonly #tokensAround: number
  readonly #settings: BatchSettings
  readonly #augmenter: Augmenter | null
  readonly #dropped: DroppedCounts
  #epochHasPairs: boolean

  /**
   * `from` is the state from which the stream continues; `augmenter` changes pairs. Throws ERR_OPTION if the settings
   * would produce other batches than before. `next` throws ERR_INPUT if the corpus has changed.
   */
  constructor(
    pairs: EpochPairs,
    tokenizer: PairTokenizer,
    settings: BatchSettings,
    from?: BatchStreamState,
    augmenter: Augmenter | null = null,
  ) {
    if (from) checkSettings(from.settings, settings)
    this.#tokenizer = tokenizer
    this.#tokensAround = this.#tokenizer.encode('').length
    this.#settings = settings
    this.#augmenter = augmenter
    this.#dropped = { tooLong: 0, empty: 0, ...from?.dropped }
    this.#epochHasPairs = from !== undefined && from.pairsRead > 0
    const place = from && { epoch: from.epoch, pairsRead: from.pairsRead, check: from.check }
    this.#epochs = new ShuffledEpochs(pairs, settings, place)
  }

  /**
   * The next batch; null after the last epoch. Throws the errors of reading the corpus, and ERR_INPUT if the corpus has no pair to train
   * on.
   */
  async next(): Promise<Batch | null> {
    while (!this.isOver) {
      const batch = await this.#readBatch()
      this.#epochHasPairs ||= batch !== null
      if ((await this.#epochs.peek()) === null) this.#endEpoch()
      if (batch) return batch
    }
    return null
  }

  /** Whether the last epoch is over. */
  get isOver(): boolean {
    return this.#epochs.place.epoch >= this.#settings.epochs
  }

  /** The position of the stream after the batch that `next` returned last. */
  state(): BatchStreamState {
    const { epochs: _, ...settings } = this.#settings
    return { settings, ...this.#epochs.place, dropped: this.dropped }
  }

  /** The pieces of a pair's ids, as readable text. */
  pieces({ source, target }: TokenPair): { source: string; target: string } {
    return {
      source: source.map((id) => this.#tokenizer.sourcePiece(id)).join(' '),
      target: target.map((id) => this.#tokenizer.piece(id)).join(' '),
    }
  }

  /** The numbers of pairs that have been dropped since the very beginning. */
  get dropped(): DroppedCounts {
    return { ...this.#dropped }
  }

  /** Closes the files that are open. */
  async close(): Promise<void> {
    await this.#epochs.close()
  }

  /** Fills a batch until the next pair has no room; returns null if the epoch has no pairs left. */
  async #readBatch(): Promise<Batch | null> {
    const { epoch } = this.#epochs.place
    const builder = new BatchBuilder(this.#settings)
    for (let next = await this.#peek(); next !== null; next = await this.#peek()) {
      const { ids, pairs } = next
      if (typeof ids !== 'string' && !builder.hasRoomFor(ids)) break
      for (let k = 0; k < pairs; k++) this.#epochs.take()
      if (typeof ids === 'string') this.#dropped[ids]++
      else builder.add(ids)
    }
    return builder.finish(epoch)
  }

  /**
   * The next pair in ids. Augmentation of a pair depends only on the seed, the epoch, and the pair's index, so that a
   * resumed stream repeats it. A pair that would become too long is not joined, or keeps its form.
   */
  async #peek(): Promise<Next | null> {
    const first = await this.#epochs.peek()
    if (first === null) return null
    if (this.#augmenter === null) return { ids: await this.#idsOf(first), pairs: 1 }
    const { epoch, pairsRead } = this.#epochs.place
    const random = new Random(this.#settings.seed, AUGMENTATION, epoch, pairsRead)
    const pairs = [first]
    for (let left = this.#augmenter.joined(random); left > 0; left--) {
      const further = await this.#epochs.peek(pairs.length)
      if (further !== null) pairs.push(further)
    }
    for (const some of pairs.length > 1 ? [pairs, [first]] : [pairs]) {
      const ids = await this.#idsOf(this.#augmenter.roughened(some, random))
      if (typeof ids !== 'string') return { ids, pairs: some.length }
    }
    return { ids: await this.#idsOf(first), pairs: 1 }
  }

  /** The ids of a pair, each side with the end of the sentence last, or the reason why the pair is dropped. */
  async #idsOf(pair: Pair): Promise<TokenPair | keyof DroppedCounts> {
    const source = this.#tokenizer.encode(pair.source)
    if (!this.#tokenizer.areWhole && source.length === this.#tokensAround) return 'empty'
    const target = this.#tokenizer.encodeTarget(pair.target)
    const { longest, sourceTokens, targetTokens } = this.#settings
    const ids = { source, target }
    const fits = tokensRead(ids, this.#tokenizer) <= longest
    if (!fits || source.length > sourceTokens || target.length > targetTokens) return 'tooLong'
    const sound = await this.#tokenizer.sound?.(pair.source)
    return sound ? { ...ids, sound } : ids
  }

  #endEpoch(): void {
    if (!this.#epochHasPairs) {
      const { tooLong, empty } = this.#dropped
      throw new GlassformerError(
        'ERR_INPUT',
        `the corpus has no pair to train on (${tooLong} have too many tokens, ${empty} none): train into another folder with more batchTokens or a larger maxLength of the model`,
      )
    }
    this.#epochs.nextEpoch()
    this.#epochHasPairs = false
  }
}

function checkSettings(before: BatchStreamState['settings'], now: BatchSettings): void {
  for (const name of Object.keys(before) as (keyof BatchStreamState['settings'])[])
    if (now[name] !== before[name])
      throw new GlassformerError(
        'ERR_OPTION',
        `${name}: training was interrupted with ${before[name]} and cannot go on exactly with ${now[name]}; ` +
          'set it back, or start anew',
      )
}

/** A source of batches, one after the other. `state` suffices to continue from there in another process. */
export interface Batches {
  /** The next batch; null at the end. */
  next(): Promise<Batch | null>
  /** Whether there are no more batches. */
  readonly isOver: boolean
  /** The numbers of dropped pairs so far. */
  readonly dropped: DroppedCounts
  state(): object
  /** The pieces of a pair's ids, as readable text. */
  pieces(pair: TokenPair): { source: string; target: string }
}
