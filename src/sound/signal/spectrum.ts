import { FoldedTransform } from './folded-transform.ts'

/** Interleaved parts of a frame, each of which is transformed by itself. */
const PARTS = 4

/**
 * The power spectrum of frames under a periodic Hann window. A frame is split into four interleaved parts, whose
 * transforms, by products, are joined by rotations: a third of the work of the whole products.
 */
export class Spectrum {
  /** Frequencies, from 0 to half the rate: size / 2 + 1. */
  readonly bins: number
  readonly #size: number
  readonly #window: Float64Array
  readonly #windowed: Float64Array
  readonly #part: FoldedTransform
  /** [parts, bins]: e^(−2πi · part · bin / size). */
  readonly #cosines: Float64Array
  readonly #sines: Float64Array
  readonly #real: Float64Array
  readonly #imaginary: Float64Array

  /** @param size samples of a frame, a multiple of 16 */
  constructor(size: number) {
    this.bins = size / 2 + 1
    this.#size = size
    this.#window = Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size))
    this.#windowed = new Float64Array(size)
    this.#part = new FoldedTransform(size / PARTS)
    const angle = (i: number) => (2 * Math.PI * Math.floor(i / this.bins) * (i % this.bins)) / size
    this.#cosines = Float64Array.from({ length: PARTS * this.bins }, (_, i) => Math.cos(angle(i)))
    this.#sines = Float64Array.from({ length: PARTS * this.bins }, (_, i) => -Math.sin(angle(i)))
    this.#real = new Float64Array(this.bins)
    this.#imaginary = new Float64Array(this.bins)
  }

  /** Writes the power of each bin of the frame that begins at `from` into `power` [bins]. */
  power(samples: Float32Array, from: number, power: Float64Array): void {
    const [windowed, real, imaginary] = [this.#windowed, this.#real, this.#imaginary]
    for (let n = 0; n < this.#size; n++) windowed[n] = samples[from + n] * this.#window[n]
    real.fill(0)
    imaginary.fill(0)
    for (let part = 0; part < PARTS; part++) this.#add(part)
    for (let bin = 0; bin < this.bins; bin++) power[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
  }

  /** Adds a part's transform, turned to its place. It repeats itself, the upper half being the lower one's conjugate. */
  #add(part: number): void {
    const [real, imaginary, cosines, sines] = [this.#real, this.#imaginary, this.#cosines, this.#sines]
    const transform = this.#part
    transform.of(this.#windowed, part, PARTS)
    const length = this.#size / PARTS
    for (let bin = 0, i = part * this.bins; bin < this.bins; bin++, i++) {
      const own = bin % length
      const isUpper = own > length / 2
      const at = isUpper ? length - own : own
      const x = transform.real[at]
      const y = isUpper ? -transform.imaginary[at] : transform.imaginary[at]
      real[bin] += x * cosines[i] - y * sines[i]
      imaginary[bin] += x * sines[i] + y * cosines[i]
    }
  }
}
