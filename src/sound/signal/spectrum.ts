/**
 * The discrete Fourier transform of real numbers by products with cosines and sines. They are folded about their middle
 * and then about their quarters, because a cosine or sine of a bin is even or odd about both: the products of [size]
 * with [size, size + 2] become four of a quarter of the size each.
 */
class FoldedTransform {
  /** The bins up to half the rate, size / 2 + 1, written by `of`. */
  readonly real: Float64Array
  readonly imaginary: Float64Array
  readonly #size: number
  readonly #quarter: number
  /** [quarter + 1, quarter + 1] of the even and of the odd bins. */
  readonly #cosines: readonly Float64Array[]
  readonly #sines: readonly Float64Array[]
  // The folded numbers, as the cosines and sines of even and odd bins see them.
  readonly #evenCosine: Float64Array
  readonly #oddCosine: Float64Array
  readonly #evenSine: Float64Array
  readonly #oddSine: Float64Array

  /** @param size a multiple of 4 */
  constructor(size: number) {
    this.real = new Float64Array(size / 2 + 1)
    this.imaginary = new Float64Array(size / 2 + 1)
    this.#size = size
    this.#quarter = size / 4
    const width = this.#quarter + 1
    const basis = (wave: (angle: number) => number, parity: number) =>
      Float64Array.from({ length: width * width }, (_, i) =>
        wave((2 * Math.PI * (i % width) * (2 * Math.floor(i / width) + parity)) / size),
      )
    this.#cosines = [basis(Math.cos, 0), basis(Math.cos, 1)]
    this.#sines = [basis(Math.sin, 0), basis(Math.sin, 1)]
    this.#evenCosine = new Float64Array(width)
    this.#oddCosine = new Float64Array(width)
    this.#evenSine = new Float64Array(width)
    this.#oddSine = new Float64Array(width)
  }

  /** Transforms every `step`-th number from `from` on, `size` in all. */
  of(x: Float64Array, from: number, step: number): void {
    this.#fold(x, from, step)
    const [evenCosine, oddCosine, evenSine, oddSine] = [
      this.#evenCosine,
      this.#oddCosine,
      this.#evenSine,
      this.#oddSine,
    ]
    const [evenCosines, oddCosines] = this.#cosines
    const [evenSines, oddSines] = this.#sines
    const { real, imaginary } = this
    const width = this.#quarter + 1
    for (let row = 0; row < width; row++) {
      let evenReal = 0
      let oddReal = 0
      let evenImaginary = 0
      let oddImaginary = 0
      for (let n = 0, i = row * width; n < width; n++, i++) {
        evenReal += evenCosine[n] * evenCosines[i]
        oddReal += oddCosine[n] * oddCosines[i]
        evenImaginary -= evenSine[n] * evenSines[i]
        oddImaginary -= oddSine[n] * oddSines[i]
      }
      real[2 * row] = evenReal
      imaginary[2 * row] = evenImaginary
      if (2 * row + 1 >= real.length) continue
      real[2 * row + 1] = oddReal
      imaginary[2 * row + 1] = oddImaginary
    }
  }

  /** x[n] ± x[size − n] is what a cosine (+) or a sine (−) sees; about the quarter bins are even or odd too. */
  #fold(x: Float64Array, from: number, step: number): void {
    const [size, quarter] = [this.#size, this.#quarter]
    for (let n = 0; n <= quarter; n++) {
      const mirrored = size / 2 - n
      const near = x[from + step * n]
      const nearTwin = n === 0 ? 0 : x[from + step * (size - n)]
      const far = n === quarter ? 0 : x[from + step * mirrored]
      const farTwin = n === quarter || n === 0 ? 0 : x[from + step * (size - mirrored)]
      const sum = near + nearTwin
      const difference = near - nearTwin
      const farSum = far + farTwin
      const farDifference = far - farTwin
      this.#evenCosine[n] = sum + farSum
      this.#oddCosine[n] = sum - farSum
      this.#evenSine[n] = difference - farDifference
      this.#oddSine[n] = difference + farDifference
    }
  }
}

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
