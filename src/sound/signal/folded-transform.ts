/**
 * The discrete Fourier transform of real numbers by products with cosines and sines. They are folded about their middle
 * and then about their quarters, because a cosine or sine of a bin is even or odd about both: the products of [size]
 * with [size, size + 2] become four of a quarter of the size each.
 */
export class FoldedTransform {
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
