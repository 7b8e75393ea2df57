import type { WindowSettings } from '../../engine/speech/index.ts'
import type { Sound } from '../../sound/input/sound.ts'
import type { JobKind, ResultOf } from '../../workers/jobs/job-kind.ts'
import type { Chunk } from '../../workers/requests/chunks.ts'
import type { Scheduling } from '../../workers/requests/scheduling.ts'
import { type JobPool, newNumber } from '../../workers/requests/submit.ts'
import type { DetectSpeech, peak } from './jobs/detect-speech.ts'
import type { Hear } from './jobs/hear.ts'
import type { Heard, Stretch } from './jobs/sound-window.ts'
import { FRAMES_OF_SECOND, SoundWindows } from './sound-windows.ts'

/** Hears one window of a sound. */
export type TranscribeWindow = (stretch: Stretch, settings: WindowSettings) => Promise<Heard>

/** The cost of a window in a worker's queue, of which it takes a few at a time. */
const WINDOW_SIZE = 750

/** The workers of a transcriber as one call asks them. All that a call asks takes turns with other calls as one. */
export class WindowRequests {
  readonly #pool: JobPool
  readonly #scheduling: Scheduling
  readonly #turn = newNumber()
  /** Frames of a window of the model. */
  readonly #window: number
  readonly #hasPeak: boolean

  /** `hasPeak`: whether the loudest of a sound counts in all of its windows. */
  constructor(pool: JobPool, scheduling: Scheduling, { window, hasPeak }: { window: number; hasPeak: boolean }) {
    this.#pool = pool
    this.#scheduling = scheduling
    this.#window = window
    this.#hasPeak = hasPeak
  }

  /**
   * Hears windows of one sound. Values far below the loudest of the whole sound are silence: a sound that can be read twice is read once for
   * this alone, if it is longer than a window; otherwise the loudest so far counts.
   */
  async of(sound: Sound): Promise<TranscribeWindow> {
    const isLong = (sound.seconds ?? Number.POSITIVE_INFINITY) * FRAMES_OF_SECOND > this.#window
    let loudest = this.#hasPeak && sound.isReplayable && isLong ? await this.#peak(sound) : null
    return async (stretch, settings) => {
      const heard = await this.#ask<Hear>('hear', { ...stretch, peak: loudest, settings })
      loudest = heard.peak
      return heard
    }
  }

  /** The probability of speech of each frame of 512 samples; `isLast`: a frame that is not full is filled up. */
  async speech(samples: Float32Array, isLast: boolean): Promise<Float32Array> {
    return this.#ask<DetectSpeech>('detectSpeech', { samples, isLast })
  }

  async #peak(sound: Sound): Promise<number> {
    const windows = new SoundWindows(sound)
    let greatest = Number.NEGATIVE_INFINITY
    try {
      for (let seek = 0; ; seek += this.#window) {
        const stretch = await windows.at(seek, this.#window)
        if (stretch.frames <= 0) return greatest
        greatest = Math.max(greatest, await this.#ask<typeof peak>('peak', stretch))
      }
    } finally {
      await windows.close()
    }
  }

  async #ask<Kind extends JobKind>(kind: Kind['kind'], contents: Chunk<Kind>['contents']): Promise<ResultOf<Kind>> {
    const chunk: Chunk<Kind> = { kind, contents, size: WINDOW_SIZE, characters: WINDOW_SIZE, indices: [0] }
    const asked = { scheduling: this.#scheduling, turn: this.#turn, isContinuation: true }
    const [result] = await this.#pool.submit<Kind>([chunk], asked)
    return result
  }
}
