import { joined } from './joined.ts'

/**
 * Where the filter cuts, as a part of half the lower rate, and zeros of the sinc on each side of a sample, at the lower
 * rate, with Kaiser's window of β 8, which is 80 dB down outside of a band on both sides of the cut. To a lower rate the
 * band is 5 % wide: 7.4 kHz pass to 16 kHz, and what lies above 8.3 kHz is gone. To a higher rate nothing is above the
 * cut but images, and the band is 3 % wide.
 */
const LOWERING = { cutoff: 0.98, zeros: 32 }
const RAISING = { cutoff: 1, zeros: 64 }
const BETA = 8
/** Phases that are stored; between them weights are interpolated where a ratio has more. */
const MOST_PHASES = 1024

/**
 * Changes the rate of a stream of samples: a band-limited polyphase filter, a sinc under Kaiser's window. It holds the
 * samples under the filter, some hundreds. n samples become ⌈n · to / from⌉.
 * @see J. O. Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample/
 */
export class Resampler {
  /** Input samples for one output sample, as a fraction in lowest terms. */
  readonly #step: number
  readonly #of: number
  readonly #phases: number
  /** Input samples on each side of an output sample. */
  readonly #side: number
  /** [phases + 1, 2 · side]: the weights of the input samples around an output sample. */
  readonly #weights: Float32Array
  #held: Float32Array
  #base: number // the number of the first held sample
  #received = 0
  #made = 0

  constructor(from: number, to: number) {
    const divisor = greatestDivisor(from, to)
    this.#step = from / divisor
    this.#of = to / divisor
    this.#phases = Math.min(this.#of, MOST_PHASES)
    const { cutoff, zeros } = from > to ? LOWERING : RAISING
    const band = cutoff * Math.min(1, to / from)
    this.#side = Math.ceil((zeros * Math.max(1, from / to)) / cutoff)
    this.#weights = weights(this.#phases, this.#side, band)
    this.#held = new Float32Array(this.#side) // before the first sample there is silence
    this.#base = -this.#side
  }

  /** The output samples that these input samples complete. */
  push(samples: Float32Array): Float32Array {
    this.#received += samples.length
    this.#hold(samples)
    return this.#output(Math.floor(((this.#received - this.#side) * this.#of) / this.#step))
  }

  /** The output samples that are left when the input has ended; after the last sample there is silence. */
  end(): Float32Array {
    this.#hold(new Float32Array(this.#side + 1))
    return this.#output(Math.ceil((this.#received * this.#of) / this.#step))
  }

  #hold(samples: Float32Array): void {
    this.#held = joined([this.#held, samples])
  }

  /** Output samples up to number `count`, all of whose inputs are held. */
  #output(count: number): Float32Array {
    const output = new Float32Array(Math.max(0, count - this.#made))
    for (let i = 0; i < output.length; i++) output[i] = this.#sampleAt((this.#made + i) * this.#step)
    this.#made += output.length
    const first = Math.floor((this.#made * this.#step) / this.#of) - this.#side
    const passed = Math.min(Math.max(0, first - this.#base), this.#held.length)
    this.#held = this.#held.slice(passed)
    this.#base += passed
    return output
  }

  /** The sample at the place `numerator` / `of` among the input samples. */
  #sampleAt(numerator: number): number {
    const place = Math.floor(numerator / this.#of)
    const phase = ((numerator - place * this.#of) * this.#phases) / this.#of
    const row = Math.floor(phase)
    const between = phase - row
    const width = 2 * this.#side
    const from = place - this.#side + 1 - this.#base
    const [held, table] = [this.#held, this.#weights]
    let sum = 0
    for (let i = 0, w = row * width; i < width; i++, w++) sum += held[from + i] * table[w]
    if (between === 0) return sum
    let next = 0
    for (let i = 0, w = (row + 1) * width; i < width; i++, w++) next += held[from + i] * table[w]
    return sum + between * (next - sum)
  }
}

/** Row p holds the filter for a place p / phases after an input sample; the weights of each row add up to 1. */
function weights(phases: number, side: number, band: number): Float32Array {
  const width = 2 * side
  const table = new Float32Array((phases + 1) * width)
  const row = new Float64Array(width)
  for (let phase = 0; phase <= phases; phase++) {
    let sum = 0
    for (let i = 0; i < width; i++) {
      const x = i - side + 1 - phase / phases
      sum += row[i] = sinc(band * x) * kaiser(x / side)
    }
    for (let i = 0; i < width; i++) table[phase * width + i] = row[i] / sum
  }
  return table
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const kaiser = (x: number): number => (Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA))

/** The modified Bessel function of the first kind and order 0. */
function bessel(x: number): number {
  let sum = 1
  for (let k = 1, term = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))
