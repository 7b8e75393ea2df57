import { SPEECH_FRAME } from './silero.ts'

/** Frames that still count as speech after the last loud one: 300 ms. */
const HANGOVER = 10
/** Loudness above the noise floor that counts as speech: 9 dB. */
const ABOVE_FLOOR = 10 ** (9 / 20)
/** The loudness below which all sound is silence: −60 dB. */
const SILENCE = 1e-3
/** The part of frames that are taken to be quieter than noise, and the frames among which it is found: 60 s. */
const FLOOR = 0.1
const REMEMBERED = 1875

/**
 * Voice detection by loudness alone, for when there are no weights of Silero: a frame of 512 samples is speech where it
 * is 9 dB above the tenth part of the last minute that is quietest, and for 300 ms after. It passes over silence; it
 * takes any noise that comes and goes for speech.
 */
export class Energy {
  readonly #recent: number[] = []
  #sum = 0
  #count = 0
  #sinceLoud = Number.POSITIVE_INFINITY

  /** 1 for speech and 0 for silence, of the frames that these samples complete. */
  push(samples: Float32Array): Float32Array {
    const found: number[] = []
    for (const sample of samples) {
      this.#sum += sample * sample
      if (++this.#count === SPEECH_FRAME) found.push(this.#frame())
    }
    return Float32Array.from(found)
  }

  /** That of the last frame, which is filled up with silence. */
  end(): Float32Array {
    return this.push(new Float32Array(SPEECH_FRAME - this.#count))
  }

  #frame(): number {
    const loudness = Math.sqrt(this.#sum / SPEECH_FRAME)
    this.#sum = this.#count = 0
    this.#recent.push(loudness)
    if (this.#recent.length > REMEMBERED) this.#recent.shift()
    const floor = this.#recent.toSorted((a, b) => a - b)[Math.floor(FLOOR * this.#recent.length)]
    // Steady speech has no quieter frames: what is as loud as speech is taken for it.
    const isLoud = loudness > SILENCE && (loudness > floor * ABOVE_FLOOR || floor > 0.05)
    this.#sinceLoud = isLoud ? 0 : this.#sinceLoud + 1
    return this.#sinceLoud <= HANGOVER ? 1 : 0
  }
}

/** Tells frame by frame (512 samples at 16 kHz) how probable speech is. A detector hears one sound. */
export interface SpeechDetector {
  /** The probabilities of the frames that these samples complete. */
  push(samples: Float32Array): Float32Array
  /** The probability of the last frame, filled up with silence. */
  end(): Float32Array
}
