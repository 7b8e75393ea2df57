import { mix } from '../backend/js/random.ts'
import type { Weights } from '../weights/weights.ts'

/** Numbers in (0, 1) that follow from a seed, the same on every machine. */
export class Uniform {
  #state: number

  constructor(seed: number) {
    this.#state = mix(seed ^ 0x51ed270b)
  }

  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    return ((mix(this.#state) >>> 0) + 0.5) / 4294967296
  }

  /** A standard normal number (Box & Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.next())) * Math.cos(2 * Math.PI * this.next())
  }
}

/**
 * First values of all weights: embeddings N(0, dModel^−½), as Tensor2Tensor, so that embedding × √dModel has deviation 1; other
 * matrices Glorot uniform, ±√(6 / (inputs + outputs)); norms 1, biases 0. Learned positions N(0, dModel^−½).
 */
export function initialise(weights: Weights, seed: number): void {
  const random = new Uniform(seed)
  for (const { name, rows, width } of weights.parameters) {
    const values = weights.get(name)
    if (name.endsWith('.bias')) values.fill(0)
    else if (rows === 1) values.fill(1)
    else if (/(^|\.)(embedding|positions)\.weight$/.test(name)) fill(values, () => random.normal() * width ** -0.5)
    else {
      const bound = Math.sqrt(6 / (rows + width))
      fill(values, () => (2 * random.next() - 1) * bound)
    }
  }
}

function fill(values: Float32Array, next: () => number): void {
  for (let i = 0; i < values.length; i++) values[i] = next()
}
