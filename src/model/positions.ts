import { areSinusoids, type Positions } from './config.ts'

/** Radians for each position of the sines of a row of `width`; see `Positions` for the three variants. */
function rates(kind: Positions['kind'], width: number): Float64Array {
  const half = kind === 'halves' ? Math.ceil(width / 2) : Math.floor(width / 2)
  return Float64Array.from({ length: half }, (_, i) =>
    kind === 'timingSignal' ? Math.exp((-i * Math.log(10000)) / Math.max(half - 1, 1)) : 10000 ** ((-2 * i) / width),
  )
}

/** The encoding of position p by sinusoids, written to `into` [width]; the last sine of an odd width has no cosine. */
function sinusoid(kind: Positions['kind'], p: number, rates: Float64Array, into: Float32Array): void {
  const interleaved = kind === 'interleaved'
  for (let i = 0; i < rates.length; i++) into[interleaved ? 2 * i : i] = Math.sin(p * rates[i])
  const cosines = Math.floor(into.length / 2)
  for (let i = 0; i < cosines; i++) into[interleaved ? 2 * i + 1 : rates.length + i] = Math.cos(p * rates[i])
}

/** Sinusoids for positions 0, 1, 2, …: [positions, dModel], made as far as anyone has asked. */
export class PositionTable {
  readonly #positions: Positions
  readonly #width: number
  #values = new Float32Array(0)
  /** The table as it is bound; another object when it has grown. */
  arrays: Readonly<Record<'sinusoids', Float32Array>> = { sinusoids: this.#values }

  constructor(positions: Positions, width: number) {
    this.#positions = positions
    this.#width = width
  }

  /** The table with at least `rows` rows. Empty where positions are no sinusoids. */
  atLeast(rows: number): Float32Array {
    if (!areSinusoids(this.#positions)) return this.#values
    const made = this.#values.length / this.#width
    if (made < rows) {
      const values = new Float32Array(Math.max(rows, 2 * made, 16) * this.#width)
      values.set(this.#values)
      const { kind } = this.#positions
      const ofEach = rates(kind, this.#width)
      for (let p = made; p * this.#width < values.length; p++)
        sinusoid(kind, p, ofEach, values.subarray(p * this.#width, (p + 1) * this.#width))
      this.#values = values
      this.arrays = { sinusoids: values }
    }
    return this.#values
  }
}
