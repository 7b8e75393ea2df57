import { GlassformerError, shown } from '../../../base/errors.ts'
import { reading } from '../../../base/reading.ts'
import { CHUNK_SIZE, sizeOf } from '../pool/chunks.ts'
import { onAbort } from '../pool/on-abort.ts'
import { aborted, atIndex, indexIn } from '../pool/request.ts'
import type { Source, Translation } from '../translation.ts'
import { ownSource } from './sources.ts'

/** How a stream is translated. */
export interface StreamOptions {
  signal?: AbortSignal
  /** The most that is read and not delivered, in characters and a little for each source; one source is always read. */
  most: number
  /** Translates some sources, the first of which has an index in the stream. The signal stops it. */
  translate(sources: readonly Source[], first: number, signal: AbortSignal): Promise<Translation[]>
}

/** Sources of the input that have come at about the same time. */
interface Batch {
  /** The index of the first. */
  first: number
  sources: Source[]
  size: number
}

/**
 * Translates sources as they come, and gives the translations in their order. What has been read and not delivered is bounded: a slow
 * consumer slows down the reading, and a slow input holds no translation back. Where a source cannot be translated, or the input fails,
 * the translations before it come first. A consumer who leaves stops the work and closes the input.
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

/** The iterator of an input. @throws ERR_INPUT */
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

/** Reads sources while there is room, and has them translated. */
class SourceStream {
  readonly #input: AsyncIterator<unknown> | Iterator<unknown>
  readonly #options: StreamOptions
  readonly #left = new AbortController()
  /** Batches that are being translated, in order. */
  readonly #batches: { batch: Batch; translations: Promise<Translation[]> }[] = []
  /** Translations that are to be delivered next, and the size of each. */
  readonly #ready: { translation: Translation; size: number }[] = []
  /** What comes behind all batches: an error, or the end. */
  #end: { error?: unknown } | null = null
  /** What comes at once. */
  #stopped: { error: unknown } | null = null
  #pending: Batch
  #read = 0
  /** The sizes of sources that have been read and not delivered. */
  #held = 0
  #isReading = false
  /** Whether the input has said that it has no more, or has failed. */
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

  /** Stops everything, and closes the input unless it is at its end. */
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
    // Sources that come in the same turn of the event loop are translated by one request.
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
    translations.catch(() => {}) // whoever receives it sees the error
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
      // The others of its batch have failed with it: those before it are translated once more.
      if (failed > 0) deliver(await this.#translate(sources.slice(0, failed), first))
      const about = sources.length > 1 ? (error as { cause: GlassformerError }).cause : (error as GlassformerError)
      this.#batches.length = 0
      this.#end = { error: atIndex(about, first + failed, Number.POSITIVE_INFINITY) }
      this.#left.abort()
    }
  }
}

/** Which of some sources an error is about; null where it is about something else. */
function failedSource(error: GlassformerError, count: number): number | null {
  if (error.code !== 'ERR_INPUT' && error.code !== 'ERR_INPUT_TOO_LONG') return null
  return count === 1 ? 0 : indexIn(error)
}
