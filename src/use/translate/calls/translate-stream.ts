import { GlassformerError, shown } from '../../../base/errors.ts'
import { reading } from '../../../base/reading.ts'
import { CHUNK_SIZE, sizeOf } from '../../../workers/requests/chunks.ts'
import { onAbort } from '../../../workers/requests/on-abort.ts'
import { aborted, atIndex, indexIn } from '../../../workers/requests/submit.ts'
import { ownSource } from '../translation/sources.ts'
import type { Source, Translation } from '../translation/translation.ts'

/** Settings of a stream. */
export interface StreamOptions {
  signal?: AbortSignal
  /**
   * Limit of the sources that are read and not delivered, in characters plus a little for each source; one source is
   * always read.
   */
  most: number
  /** Translates some sources; `index` is the position of the first in the stream. The signal stops the work. */
  translate(sources: readonly Source[], first: number, signal: AbortSignal): Promise<Translation[]>
}

/** Sources that arrived at about the same time. */
interface Batch {
  /** The index of the first source. */
  first: number
  sources: Source[]
  size: number
}

/**
 * Translates sources as they arrive, and yields the translations in order. The number of sources that have been read
 * and not delivered is limited: a slow consumer slows down the reading, and a slow input delays no translation. If a
 * source cannot be translated, or the input fails, the translations before it come first. A consumer that leaves the
 * loop stops the work and closes the input.
 */
export async function* translateStream(
  input: AsyncIterable<unknown> | Iterable<unknown>,
  options: StreamOptions,
): AsyncGenerator<Translation, void, undefined> {
  const { signal } = options
  if (signal?.aborted) throw aborted(signal)
  const stream = new SourceStream(input, options)
  const leave = signal && onAbort(signal, () => stream.abort(signal))
  try {
    for (let next = await stream.next(); next; next = await stream.next()) yield next
  } finally {
    leave?.()
    await stream.close()
  }
}

/**
 * The iterator of an input.
 * @throws ERR_INPUT
 */
function iteratorOf(input: unknown): AsyncIterator<unknown> | Iterator<unknown> {
  const iterator = reading(
    'the input',
    () => {
      if (typeof input !== 'object' || input === null) return undefined
      const { [Symbol.asyncIterator]: async, [Symbol.iterator]: sync } = input as AsyncIterable<unknown> &
        Iterable<unknown>
      return async ? async.call(input) : sync?.call(input)
    },
    'ERR_INPUT',
  )
  if (iterator) return iterator
  throw new GlassformerError(
    'ERR_INPUT',
    `translateStream takes an iterable or async iterable of sources, not ${shown(input)}; stream takes one source`,
  )
}

/** Reads sources while there is room, and starts their translation. */
class SourceStream {
  readonly #input: AsyncIterator<unknown> | Iterator<unknown>
  readonly #options: StreamOptions
  readonly #left = new AbortController()
  /** Batches under translation, in order. */
  readonly #batches: { batch: Batch; translations: Promise<Translation[]> }[] = []
  /** Translations to be delivered next, each with its size. */
  readonly #ready: { translation: Translation; size: number }[] = []
  /** The last event, after all batches: an error, or the end. */
  #end: { error?: unknown } | null = null
  /** The abort, which comes before everything else. */
  #stopped: { error: unknown } | null = null
  #pending: Batch
  #read = 0
  /** The size of all sources that have been read and not delivered. */
  #held = 0
  #isReading = false
  /** Whether the input has ended or failed. */
  #isOver = false
  #wakeReader = () => {}
  #wakeConsumer = () => {}

  constructor(input: unknown, options: StreamOptions) {
    this.#input = iteratorOf(input)
    this.#options = options
    this.#pending = { first: 0, sources: [], size: 0 }
    void this.#readAll()
  }

  /** The next translation; undefined at the end. */
  async next(): Promise<Translation | undefined> {
    for (;;) {
      if (this.#stopped) throw this.#stopped.error
      const ready = this.#ready.shift()
      if (ready) {
        this.#held -= ready.size
        this.#wakeReader()
        return ready.translation
      }
      const batch = this.#batches.shift()
      if (batch) await this.#receive(batch)
      else if (this.#end) {
        if ('error' in this.#end) throw this.#end.error
        return undefined
      } else
        await new Promise<void>((resolve) => {
          this.#wakeConsumer = resolve
        })
    }
  }

  abort(signal: AbortSignal): void {
    this.#stopped ??= { error: aborted(signal) }
    this.#left.abort(signal.reason)
    this.#wakeConsumer()
    this.#wakeReader()
  }

  /** Stops everything, and closes the input unless it has ended. */
  async close(): Promise<void> {
    this.#stopped ??= { error: undefined }
    this.#left.abort()
    this.#wakeReader()
    if (this.#isOver) return
    const closed = (async () => this.#input.return?.())()
    if (this.#isReading)
      closed.catch(() => {}) // an input that waits for more may never answer
    else await closed
  }

  async #readAll(): Promise<void> {
    try {
      while (!this.#stopped) {
        if (this.#held > 0 && this.#held >= this.#options.most) {
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve
          })
          continue
        }
        const { done, value } = await this.#readOne()
        if (this.#stopped) return
        if (done) break
        this.#take(ownSource(value, `source ${this.#read}: `))
      }
      this.#finish({})
    } catch (error) {
      this.#finish({ error })
    }
  }

  async #readOne(): Promise<IteratorResult<unknown>> {
    this.#isReading = true
    try {
      const read = await this.#input.next()
      if (read.done) this.#isOver = true
      return read
    } catch (error) {
      this.#isOver = true
      throw error
    } finally {
      this.#isReading = false
    }
  }

  #finish(end: { error?: unknown }): void {
    this.#send()
    this.#end = end
    this.#wakeConsumer()
  }

  #take(source: Source): void {
    const pending = this.#pending
    const size = sizeOf(source)
    if (pending.sources.length && pending.size + size > CHUNK_SIZE) this.#send()
    // Sources that arrive in the same turn of the event loop are translated by one request.
    if (!this.#pending.sources.length) setImmediate(() => this.#send())
    this.#pending.sources.push(source)
    this.#pending.size += size
    this.#held += size
    this.#read++
  }

  #send(): void {
    const batch = this.#pending
    if (!batch.sources.length || this.#stopped) return
    this.#pending = { first: this.#read, sources: [], size: 0 }
    const translations = this.#translate(batch.sources, batch.first)
    translations.catch(() => {}) // the receiver sees the error
    this.#batches.push({ batch, translations })
    this.#wakeConsumer()
  }

  #translate(sources: readonly Source[], first: number): Promise<Translation[]> {
    return this.#options.translate(sources, first, this.#left.signal)
  }

  async #receive({ batch, translations }: { batch: Batch; translations: Promise<Translation[]> }): Promise<void> {
    const { first, sources } = batch
    const deliver = (list: readonly Translation[]) => {
      list.forEach((translation, i) => this.#ready.push({ translation, size: sizeOf(sources[i]) }))
    }
    try {
      deliver(await translations)
    } catch (error) {
      const failed = error instanceof GlassformerError ? failedSource(error, sources.length) : null
      if (failed === null) throw error
      // The other sources of its batch have failed with it, so those before it are translated once more.
      if (failed > 0) deliver(await this.#translate(sources.slice(0, failed), first))
      const about = sources.length > 1 ? (error as { cause: GlassformerError }).cause : (error as GlassformerError)
      this.#batches.length = 0
      this.#end = { error: atIndex(about, first + failed, Number.POSITIVE_INFINITY) }
      this.#left.abort()
    }
  }
}

/** The index of the source that an error is about; null for any other error. */
function failedSource(error: GlassformerError, count: number): number | null {
  if (error.code !== 'ERR_INPUT' && error.code !== 'ERR_INPUT_TOO_LONG') return null
  return count === 1 ? 0 : indexIn(error)
}
