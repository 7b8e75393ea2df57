/**
 * The power spectrum of frames under a periodic Hann window, by products with cosines and sines. A frame is folded about
 * its middle and then about its quarters, because a cosine or sine of a bin is even or odd about both: the products of
 * [size] with [size, size + 2] become four of a quarter of the size each.
 */
export class Spectrum {
  /** Frequencies, from 0 to half the rate: size / 2 + 1. */
  readonly bins: number
  readonly #size: number
  readonly #quarter: number
  readonly #window: Float64Array
  /** [quarter + 1, quarter + 1] of the even and of the odd bins. */
  readonly #cosines: readonly Float64Array[]
  readonly #sines: readonly Float64Array[]
  // The folded frame, as the cosines and sines of even and odd bins see it.
  readonly #evenCosine: Float64Array
  readonly #oddCosine: Float64Array
  readonly #evenSine: Float64Array
  readonly #oddSine: Float64Array

  /** @param size samples of a frame, a multiple of 4 */
  constructor(size: number) {
    this.bins = size / 2 + 1
    this.#size = size
    this.#quarter = size / 4
    this.#window = Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size))
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

  /** Writes the power of each bin of the frame that begins at `from` into `power` [bins]. */
  power(samples: Float32Array, from: number, power: Float64Array): void {
    this.#fold(samples, from)
    const [evenCosine, oddCosine, evenSine, oddSine] = [
      this.#evenCosine,
      this.#oddCosine,
      this.#evenSine,
      this.#oddSine,
    ]
    const [evenCosines, oddCosines] = this.#cosines
    const [evenSines, oddSines] = this.#sines
    const width = this.#quarter + 1
    for (let row = 0; row < width; row++) {
      let [evenReal, oddReal, evenImaginary, oddImaginary] = [0, 0, 0, 0]
      for (let n = 0, i = row * width; n < width; n++, i++) {
        evenReal += evenCosine[n] * evenCosines[i]
        oddReal += oddCosine[n] * oddCosines[i]
        evenImaginary += evenSine[n] * evenSines[i]
        oddImaginary += oddSine[n] * oddSines[i]
      }
      power[2 * row] = evenReal * evenReal + evenImaginary * evenImaginary
      if (2 * row + 1 < this.bins) power[2 * row + 1] = oddReal * oddReal + oddImaginary * oddImaginary
    }
  }

  /** x[n] ± x[size − n] is what a cosine (+) or a sine (−) sees of a frame; about the quarter bins are even or odd too. */
  #fold(samples: Float32Array, from: number): void {
    const [size, quarter] = [this.#size, this.#quarter]
    const at = (n: number): number => samples[from + n] * this.#window[n]
    for (let n = 0; n <= quarter; n++) {
      const mirrored = size / 2 - n
      const near = at(n)
      const nearTwin = n === 0 ? 0 : at(size - n)
      const far = n === quarter ? 0 : at(mirrored)
      const farTwin = n === quarter || n === 0 ? 0 : at(size - mirrored)
      const [sum, difference] = [near + nearTwin, near - nearTwin]
      const [farSum, farDifference] = [far + farTwin, far - farTwin]
      this.#evenCosine[n] = sum + farSum
      this.#oddCosine[n] = sum - farSum
      this.#evenSine[n] = difference - farDifference
      this.#oddSine[n] = difference + farDifference
    }
  }
}
