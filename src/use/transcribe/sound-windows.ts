import type { Sound } from '../../sound/input/sound.ts'
import { joined } from '../../sound/signal/joined.ts'
import { HOP, MARGIN, type Stretch } from './jobs/sound-window.ts'

export const RATE = 16_000
export const FRAMES_OF_SECOND = RATE / HOP

/**
 * A sound read window by window, from front to back: what lies before the window that was asked for last is forgotten, so that memory does
 * not grow with its length.
 */
export class SoundWindows {
  readonly #pieces: AsyncIterator<Float32Array>
  #held = new Float32Array(0)
  /** The number of the first sample that is held, and of all that have been read. */
  #first = 0
  #read = 0
  #hasEnded = false

  constructor(sound: Sound) {
    this.#pieces = sound.samples()[Symbol.asyncIterator]()
  }

  /** The frames of the whole sound; null until its end has been read. */
  get frames(): number | null {
    return this.#hasEnded ? Math.floor(this.#read / HOP) : null
  }

  /** Up to `frames` frames from frame `from` on, which is not before that of the last call; fewer at the end of the sound. */
  async at(from: number, frames: number): Promise<Stretch> {
    const begin = Math.max(0, from * HOP - MARGIN)
    this.#forget(begin)
    await this.#readTo((from + frames) * HOP + MARGIN)
    const end = Math.min(this.#read, (from + frames) * HOP + MARGIN)
    const count = Math.max(0, Math.min(frames, Math.floor(this.#read / HOP) - from))
    // After the end there is silence, as in openai/whisper, and not the sound once more.
    const samples = new Float32Array(Math.max(0, end - begin) + MARGIN)
    samples.set(this.#held.subarray(begin - this.#first, Math.max(begin, end) - this.#first))
    return { samples, skip: (from * HOP - begin) / HOP, frames: count }
  }

  /** Closes the sound. */
  async close(): Promise<void> {
    await this.#pieces.return?.()
  }

  #forget(before: number): void {
    const passed = Math.min(before - this.#first, this.#held.length)
    if (passed <= 0) return
    this.#held = this.#held.slice(passed)
    this.#first += passed
  }

  async #readTo(sample: number): Promise<void> {
    const pieces: Float32Array[] = []
    while (!this.#hasEnded && this.#read < sample) {
      const { done, value } = await this.#pieces.next()
      if (done) this.#hasEnded = true
      else {
        pieces.push(value)
        this.#read += value.length
      }
    }
    if (!pieces.length) return
    this.#held = joined([this.#held, ...pieces])
  }
}
