import { areSinusoids, type Positions } from '../weights/config.ts'

/** The encoding of position p by sinusoids, written to `into` [width]; see `Positions` for the three variants. */
function sinusoid(kind: Positions['kind'], p: number, width: number, into: Float32Array): void {
  const half = Math.floor(width / 2)
  for (let i = 0; i < half; i++) {
    const rate =
      kind === 'timingSignal' ? Math.exp((-i * Math.log(10000)) / Math.max(half - 1, 1)) : 10000 ** ((-2 * i) / width)
    const [sine, cosine] = kind === 'interleaved' ? [2 * i, 2 * i + 1] : [i, half + i]
    into[sine] = Math.sin(p * rate)
    into[cosine] = Math.cos(p * rate)
  }
}

/** Sinusoids for positions 0, 1, 2, …: [positions, dModel], made as far as anyone has asked. */
export class PositionTable {
  readonly #positions: Positions
  readonly #width: number
  #values = new Float32Array(0)

  constructor(positions: Positions, width: number) {
    this.#positions = positions
    this.#width = width
  }

  /** The table with at least `rows` rows. Empty where positions are no sinusoids. */
  atLeast(rows: number): Float32Array {
    if (!areSinusoids(this.#positions)) return this.#values
    const made = this.#values.length / this.#width
    if (made < rows) {
      const values = new Float32Array(Math.max(rows, 2 * made, 64) * this.#width)
      values.set(this.#values)
      for (let p = made; p * this.#width < values.length; p++)
        sinusoid(this.#positions.kind, p, this.#width, values.subarray(p * this.#width, (p + 1) * this.#width))
      this.#values = values
    }
    return this.#values
  }
}
