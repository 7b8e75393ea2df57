import { joined } from '../../sound/signal/joined.ts'
import { onAbort } from '../../workers/requests/on-abort.ts'
import { aborted } from '../../workers/requests/submit.ts'
import { RATE } from './sound-windows.ts'

/** Samples that wait to be heard, beyond which a source that is no microphone has to wait. */
const MOST_WAITING = 30 * RATE

/** Sound that arrives while what came before is being heard. */
export class Incoming {
  readonly #iterator: AsyncIterator<Float32Array>
  #waiting: Float32Array[] = []
  #count = 0
  #hasEnded = false
  #error: unknown
  #wake = () => {}
  #resume = () => {}
  #forget = () => {}

  /** A microphone may be silent for long: the signal ends the waiting for it too. */
  constructor(sound: AsyncIterable<Float32Array>, signal?: AbortSignal) {
    this.#iterator = sound[Symbol.asyncIterator]()
    this.#read().catch((error) => this.#fail(error))
    if (!signal) return
    const stop = () => this.#fail(aborted(signal))
    if (signal.aborted) stop()
    else this.#forget = onAbort(signal, stop)
  }

  /** All that has arrived but no more than `most` samples, when that is at least `least`, or the sound has ended. */
  async next(least: number, most = Number.POSITIVE_INFINITY): Promise<{ samples: Float32Array; isLast: boolean }> {
    while (this.#count < least && !this.#hasEnded)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    if (this.#error) throw this.#error
    const all = joined(this.#waiting)
    const samples = all.subarray(0, most)
    this.#waiting = all.length > most ? [all.slice(most)] : []
    this.#count = all.length - samples.length
    this.#resume()
    return { samples, isLast: this.#hasEnded && this.#count === 0 }
  }

  /** A source that is asked for more ends when it has answered, which may be never. */
  async close(): Promise<void> {
    this.#forget()
    this.#hasEnded = true
    this.#resume()
    const ended = this.#iterator.return?.()
    if (this.#error) ended?.catch(() => {})
    else await ended
  }

  #fail(error: unknown): void {
    this.#error ??= error
    this.#hasEnded = true
    this.#resume()
    this.#wake()
  }

  async #read(): Promise<void> {
    while (!this.#hasEnded) {
      const { done, value } = await this.#iterator.next()
      if (done) this.#hasEnded = true
      else {
        this.#waiting.push(value)
        this.#count += value.length
      }
      this.#wake()
      while (this.#count > MOST_WAITING && !this.#hasEnded)
        await new Promise<void>((resolve) => {
          this.#resume = resolve
        })
    }
  }
}

/** The sound that is heard again in the next pass: the last seconds of a longer one. */
export class HeldSound {
  samples: Float32Array = new Float32Array(0)
  /** Seconds of the whole sound before and up to the end of it. */
  begin = 0

  get end(): number {
    return this.begin + this.samples.length / RATE
  }

  add(samples: Float32Array): void {
    this.samples = joined([this.samples, samples])
  }

  /** Drops what is before a time of the whole sound. Returns the seconds that were dropped. */
  leave(time: number): number {
    const count = Math.min(this.samples.length, Math.max(0, Math.floor((time - this.begin) * RATE)))
    this.samples = this.samples.slice(count)
    this.begin += count / RATE
    return count / RATE
  }
}

/** The same word, so many seconds later. */
export const later = <W extends { start: number; end: number }>(word: W, seconds: number): W => ({
  ...word,
  start: word.start + seconds,
  end: word.end + seconds,
})
