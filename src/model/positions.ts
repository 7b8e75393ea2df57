import { areSinusoids, type Positions } from './config.ts'
import { writeSinusoids } from './sinusoids.ts'

/** Sinusoids for positions 0, 1, 2, …: [positions, dModel]. The table grows as far as positions are asked for. */
export class PositionTable {
  readonly #positions: Positions
  readonly #width: number
  #values = new Float32Array(0)
  /** The table as it is bound; a new object when the table has grown. */
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
      writeSinusoids(this.#positions.kind, values, this.#width, made)
      this.#values = values
      this.arrays = { sinusoids: values }
    }
    return this.#values
  }
}
