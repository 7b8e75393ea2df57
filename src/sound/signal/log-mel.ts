import { joined } from './joined.ts'
import { BINS, FRAME, HOP, type MelFilter, melFilters } from './mel-filters.ts'
import { Spectrum } from './spectrum.ts'

const EDGE = FRAME / 2
const LEAST = 1e-10

/**
 * The spectrogram that Whisper hears, of a stream of samples at 16 kHz: frames of 400 samples, 160 apart, the first
 * centred on the first sample, sound being reflected at both ends; powers under `mels` filters, log₁₀, from −10 up.
 * `normalizeMel` makes of these what the model takes. Source: openai/whisper, audio.py.
 */
export class LogMel {
  readonly mels: number
  readonly #filters: readonly MelFilter[]
  readonly #spectrum = new Spectrum(FRAME)
  readonly #power = new Float64Array(BINS)
  #held: Float32Array = new Float32Array(0) // with EDGE samples before the next frame's centre
  #hasBegun = false
  #received = 0
  #frames = 0

  /** @param mels 80, or 128 for large-v3 and turbo */
  constructor(mels: number) {
    this.mels = mels
    this.#filters = melFilters(mels)
  }

  /** The frames [frames, mels] that these samples complete. */
  push(samples: Float32Array): Float32Array {
    this.#received += samples.length
    this.#held = joined([this.#held, samples])
    if (!this.#hasBegun) {
      if (this.#held.length <= EDGE) return new Float32Array(0)
      this.#hasBegun = true
      this.#held = joined([reflected(this.#held, -EDGE, 0), this.#held])
    }
    return this.#output(Math.floor((this.#held.length - FRAME) / HOP) + 1)
  }

  /** The last frames, when the sound has ended; all frames together are ⌊samples / 160⌋. */
  end(): Float32Array {
    if (!this.#hasBegun) this.#held = joined([reflected(this.#held, -EDGE, 0), this.#held])
    const body = this.#hasBegun ? this.#held : this.#held.subarray(EDGE)
    const tail = reflected(body, body.length, body.length + EDGE)
    this.#held = joined([this.#held, tail])
    return this.#output(Math.floor(this.#received / HOP) - this.#frames)
  }

  #output(count: number): Float32Array {
    const frames = new Float32Array(Math.max(0, count) * this.mels)
    for (let frame = 0, i = 0; frame < count; frame++) {
      this.#spectrum.power(this.#held, frame * HOP, this.#power)
      for (const { first, weights } of this.#filters) {
        let sum = 0
        for (let bin = 0; bin < weights.length; bin++) sum += weights[bin] * this.#power[first + bin]
        frames[i++] = Math.log10(Math.max(sum, LEAST))
      }
    }
    this.#frames += Math.max(0, count)
    this.#held = this.#held.slice(Math.max(0, count) * HOP)
    return frames
  }
}

/** Samples `from` to `to` of a sound that is reflected at its first and its last sample, again and again if need be. */
function reflected(samples: Float32Array, from: number, to: number): Float32Array {
  const period = 2 * Math.max(1, samples.length - 1)
  return Float32Array.from({ length: to - from }, (_, i) => {
    const place = (((from + i) % period) + period) % period
    return samples[Math.min(place, period - place)] ?? 0
  })
}

/** The largest value of a spectrogram; −10, that of silence, where it has none. */
export function melPeak(mel: Float32Array): number {
  let peak = -10
  for (const value of mel) if (value > peak) peak = value
  return peak
}

/**
 * Makes of a spectrogram, in place, what the model takes: values more than 8 below `peak` are raised to that, and all
 * become (x + 4) / 4. `peak` is that of the whole sound, as OpenAI has it.
 */
export function normalizeMel(mel: Float32Array, peak: number): Float32Array {
  for (let i = 0; i < mel.length; i++) mel[i] = (Math.max(mel[i], peak - 8) + 4) / 4
  return mel
}

/** The features [frames, mels] of a whole sound at 16 kHz, ⌊samples / 160⌋ frames. */
export function logMel(samples: Float32Array, mels = 80): Float32Array {
  const stream = new LogMel(mels)
  const frames = joined([stream.push(samples), stream.end()])
  return normalizeMel(frames, melPeak(frames))
}
