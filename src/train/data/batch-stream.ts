import { GlassformerError } from '../../errors.ts'
import type { Tokenizer } from '../../text/tokenizer.ts'
import { Random } from '../random.ts'
import { type Batch, BatchBuilder, BatchStatistics, type Example, exampleOf } from './batch.ts'
import { type BatchOptions, type BatchSettings, batchSettings } from './batch-options.ts'
import type { BatchStreamState, DroppedCounts } from './batch-stream-state.ts'
import type { Pair } from './corpus.ts'
import { type Place, ShuffledEpochs } from './shuffled-epochs.ts'

type PairTokenizer = Pick<Tokenizer, 'encode' | 'encodeTarget'>
type Position = Place & { dropped: DroppedCounts }

/**
 * Batches of a corpus for training: pairs are shuffled in a bounded buffer, tokenised, and put together until a budget of
 * tokens is full. Every epoch has an order of its own, which depends on the seed and the epoch only.
 *
 * It is exactly resumable: `state()` after any batch, kept as JSON, and `BatchStream.resume` with it gives the very batches
 * that would have followed. Resuming reads the epoch's pairs again up to that place, without tokenising them.
 *
 *     const stream = new BatchStream(cleaned(openCorpus({ format: 'tsv', path })), tokenizer, { seed: 7, epochs: 10 })
 *     for (let batch = await stream.next(); batch !== null; batch = await stream.next()) …
 *
 * One call of `next` at a time.
 */
export class BatchStream {
  readonly #epochs: ShuffledEpochs
  readonly #tokenizer: PairTokenizer
  readonly #settings: BatchSettings
  /** Counts over the batches that this object has given. */
  readonly statistics = new BatchStatistics()
  readonly #dropped: DroppedCounts
  /** Batches that are ready, how many of them have been taken, and where in the corpus they begin. */
  #queue: Batch[] = []
  #taken = 0
  #begin: Position
  /** Batches of the first queue that had been taken before the stream was interrupted. */
  #takenBefore: number
  #epochHasExamples: boolean

  /** Throws ERR_OPTION. */
  constructor(
    pairs: AsyncIterable<Pair>,
    tokenizer: PairTokenizer,
    options: BatchOptions = {},
    from?: BatchStreamState,
  ) {
    const settings = batchSettings(options)
    if (from !== undefined) checkSettings(from.settings, settings)
    this.#tokenizer = tokenizer
    this.#settings = settings
    this.#dropped = { tooLong: 0, empty: 0, ...from?.dropped }
    this.#takenBefore = from?.batchesTaken ?? 0
    this.#epochHasExamples = from !== undefined && from.pairsRead > 0
    const place = from && { epoch: from.epoch, pairsRead: from.pairsRead, check: from.check }
    this.#epochs = new ShuffledEpochs(pairs, settings, place)
    this.#begin = this.#position()
  }

  /**
   * A stream that goes on where `state` was taken. Throws ERR_OPTION if the options would give other batches; `next` throws
   * ERR_INPUT if the corpus is not what it was.
   */
  static resume(
    pairs: AsyncIterable<Pair>,
    tokenizer: PairTokenizer,
    options: BatchOptions,
    state: BatchStreamState,
  ): BatchStream {
    return new BatchStream(pairs, tokenizer, options, state)
  }

  /** The next batch; null after the last epoch. Throws what reading the corpus throws, and ERR_INPUT if it has no examples. */
  async next(): Promise<Batch | null> {
    while (this.#taken === this.#queue.length) {
      if (this.isOver) return null
      await this.#fill()
    }
    const batch = this.#queue[this.#taken++]
    this.statistics.add(batch)
    if (this.#taken === this.#queue.length && (await this.#epochs.peek()) === null) this.#endEpoch()
    return batch
  }

  /** Whether the last epoch is over. */
  get isOver(): boolean {
    return this.#epochs.place.epoch >= this.#settings.epochs
  }

  /** Where the stream stands after the batch that `next` gave last. */
  state(): BatchStreamState {
    const { epochs: _, ...settings } = this.#settings
    if (this.#takenBefore > 0) return { settings, ...this.#begin, batchesTaken: this.#takenBefore }
    if (this.#taken < this.#queue.length) return { settings, ...this.#begin, batchesTaken: this.#taken }
    return { settings, ...this.#position(), batchesTaken: 0 }
  }

  /** Pairs that were read and are in no batch, from the very beginning on. */
  get dropped(): DroppedCounts {
    return { ...this.#dropped }
  }

  /** Closes the files that are open. */
  async close(): Promise<void> {
    await this.#epochs.close()
  }

  #position(): Position {
    return { ...this.#epochs.place, dropped: this.dropped }
  }

  /** Reads until there is a batch, or a sorted pool of them, or the epoch ends. */
  async #fill(): Promise<void> {
    this.#begin = this.#position()
    const queue = this.#settings.sortedPool > 0 ? await this.#readPool() : await this.#readBatch()
    const before = this.#takenBefore
    if (before > 0 && before >= queue.length)
      throw new GlassformerError(
        'ERR_INPUT',
        'training cannot go on exactly, as the tokenizer has changed; put it back',
      )
    this.#queue = queue
    this.#taken = before
    this.#takenBefore = 0
    if (queue.length === 0) this.#endEpoch()
    else this.#epochHasExamples = true
  }

  /** No batch, or one: filled until the next example has no room. */
  async #readBatch(): Promise<Batch[]> {
    const builder = this.#builder()
    for (let pair = await this.#epochs.peek(); pair !== null; pair = await this.#epochs.peek()) {
      const example = this.#example(pair)
      if (typeof example !== 'string' && !builder.hasRoomFor(example)) break
      this.#epochs.take()
      if (typeof example === 'string') this.#dropped[example]++
      else builder.add(example)
    }
    return builder.isEmpty ? [] : [builder.finish(this.#begin.epoch)]
  }

  /** Many examples, the shortest first, cut into batches, and these in random order. */
  async #readPool(): Promise<Batch[]> {
    const examples: Example[] = []
    for (let pair = await this.#epochs.peek(); pair !== null; pair = await this.#epochs.peek()) {
      const example = this.#example(pair)
      this.#epochs.take()
      if (typeof example === 'string') this.#dropped[example]++
      else if (examples.push(example) === this.#settings.sortedPool) break
    }
    examples.sort((a, b) => a.target.length - b.target.length || a.source.length - b.source.length)
    const { epoch, pairsRead } = this.#begin
    const builder = this.#builder()
    const batches: Batch[] = []
    for (const example of examples) {
      if (!builder.hasRoomFor(example)) batches.push(builder.finish(epoch))
      builder.add(example)
    }
    if (!builder.isEmpty) batches.push(builder.finish(epoch))
    return new Random(this.#settings.seed, epoch, 1, pairsRead).shuffle(batches)
  }

  #builder(): BatchBuilder {
    return new BatchBuilder({ source: this.#settings.sourceTokens, target: this.#settings.targetTokens })
  }

  #example(pair: Pair): Example | keyof DroppedCounts {
    const example = exampleOf(pair, this.#tokenizer)
    if (example === null) return 'empty'
    const { longest, sourceTokens, targetTokens } = this.#settings
    const fits =
      example.source.length <= Math.min(longest, sourceTokens) &&
      example.target.length <= Math.min(longest, targetTokens)
    return fits ? example : 'tooLong'
  }

  #endEpoch(): void {
    if (!this.#epochHasExamples) {
      const { tooLong, empty } = this.#dropped
      throw new GlassformerError(
        'ERR_INPUT',
        `the corpus has no pair to train on (${tooLong} were too long in tokens, ${empty} empty; see also what cleaning reports)`,
      )
    }
    this.#epochs.nextEpoch()
    this.#epochHasExamples = false
  }
}

function checkSettings(before: object, now: BatchSettings): void {
  for (const [name, value] of Object.entries(before))
    if (now[name as keyof BatchSettings] !== value)
      throw new GlassformerError(
        'ERR_OPTION',
        `${name}: training was interrupted with ${value} and cannot go on exactly with ${now[name as keyof BatchSettings]}; ` +
          'set it back, or start anew',
      )
}
