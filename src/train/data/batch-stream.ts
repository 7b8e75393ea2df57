import type { TokenPair } from '../../decode/ragged-batch.ts'
import { GlassformerError } from '../../errors.ts'
import type { Tokenizer } from '../../text/tokenizer.ts'
import { type Batch, BatchBuilder } from './batch.ts'
import type { BatchSettings, BatchStreamState, DroppedCounts } from './batch-stream-state.ts'
import type { Pair } from './corpus.ts'
import { ShuffledEpochs } from './shuffled-epochs.ts'

type PairTokenizer = Pick<Tokenizer, 'encode' | 'encodeTarget' | 'sourcePiece' | 'piece'>

/**
 * Batches of a corpus for training: pairs are shuffled in a bounded buffer, tokenized, and put together until a budget of
 * tokens is full. Every epoch has an order of its own, which depends on the seed and the epoch only.
 *
 * It is exactly resumable: a stream that is given the `state()` after some batch, kept as JSON, gives the very batches that
 * would have followed. Resuming reads the epoch's pairs again up to that place, without tokenizing them.
 *
 * One call of `next` at a time.
 */
export class BatchStream {
  readonly #epochs: ShuffledEpochs
  readonly #tokenizer: PairTokenizer
  readonly #settings: BatchSettings
  readonly #dropped: DroppedCounts
  #epochHasPairs: boolean

  /**
   * `from`: the state to go on from. Throws ERR_OPTION if the settings would give other batches than before; `next` throws ERR_INPUT
   * if the corpus is not what it was.
   */
  constructor(pairs: AsyncIterable<Pair>, tokenizer: PairTokenizer, settings: BatchSettings, from?: BatchStreamState) {
    if (from) checkSettings(from.settings, settings)
    this.#tokenizer = tokenizer
    this.#settings = settings
    this.#dropped = { tooLong: 0, empty: 0, ...from?.dropped }
    this.#epochHasPairs = from !== undefined && from.pairsRead > 0
    const place = from && { epoch: from.epoch, pairsRead: from.pairsRead, check: from.check }
    this.#epochs = new ShuffledEpochs(pairs, settings, place)
  }

  /** The next batch; null after the last epoch. Throws what reading the corpus throws, and ERR_INPUT if nothing in it can be trained on. */
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

  /** Where the stream stands after the batch that `next` gave last. */
  state(): BatchStreamState {
    const { epochs: _, ...settings } = this.#settings
    return { settings, ...this.#epochs.place, dropped: this.dropped }
  }

  /** What the ids of a pair stand for, for people. */
  pieces({ source, target }: TokenPair): { source: string; target: string } {
    return {
      source: source.map((id) => this.#tokenizer.sourcePiece(id)).join(' '),
      target: target.map((id) => this.#tokenizer.piece(id)).join(' '),
    }
  }

  /** Pairs that were read and are in no batch, from the very beginning on. */
  get dropped(): DroppedCounts {
    return { ...this.#dropped }
  }

  /** Closes the files that are open. */
  async close(): Promise<void> {
    await this.#epochs.close()
  }

  /** Filled until the next pair has no room; null where the epoch has none left. */
  async #readBatch(): Promise<Batch | null> {
    const { epoch } = this.#epochs.place
    const builder = new BatchBuilder(this.#settings)
    for (let pair = await this.#epochs.peek(); pair !== null; pair = await this.#epochs.peek()) {
      const ids = this.#idsOf(pair)
      if (typeof ids !== 'string' && !builder.hasRoomFor(ids)) break
      this.#epochs.take()
      if (typeof ids === 'string') this.#dropped[ids]++
      else builder.add(ids)
    }
    return builder.finish(epoch)
  }

  /** Each side with the end of the sentence last; or why the pair is dropped. */
  #idsOf(pair: Pair): TokenPair | keyof DroppedCounts {
    const source = this.#tokenizer.encode(pair.source)
    if (!source.length) return 'empty'
    const target = this.#tokenizer.encodeTarget(pair.target)
    const { longest, sourceTokens, targetTokens } = this.#settings
    const fits = source.length <= Math.min(longest, sourceTokens) && target.length <= Math.min(longest, targetTokens)
    return fits ? { source, target } : 'tooLong'
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
