import type { Weights } from '../../../engine/weights/weights.ts'
import { Random } from '../state/random.ts'

/**
 * Initialization of matrices other than embeddings: uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010), or
 * N(0, 1 / inputs).
 */
export const initializations = ['glorot', 'normal'] as const
/** How matrices other than embeddings begin: `glorot`, or `normal`. */
export type Initialization = (typeof initializations)[number]

/**
 * Initializes all weights. Embeddings and learned positions are N(0, 1 / dModel), as in Tensor2Tensor, so that
 * embedding × √dModel has deviation 1; so has what a linear of real numbers makes of numbers of deviation 1. Other matrices are initialized according to `matrices`, codebooks as N(0, 1),
 * norms to 1, biases and routers to 0.
 */
export function initialize(weights: Weights, seed: number, matrices: Initialization = 'glorot'): void {
  const random = new Random(seed)
  for (const { name, rows, width, role } of weights.parameters) {
    const values = weights.get(name)
    if (role === 'bias' || role === 'router') values.fill(0)
    else if (role === 'gain') values.fill(1)
    else if (role === 'codebook') fill(values, () => random.normal())
    else if (matrices === 'normal' || role === 'embedding' || role === 'positions' || role === 'rows')
      fill(values, () => random.normal() * width ** -0.5)
    else {
      const bound = Math.sqrt(6 / (rows + width))
      fill(values, () => (2 * random.uniform() - 1) * bound)
    }
  }
}

function fill(values: Float32Array, next: () => number): void {
  for (let i = 0; i < values.length; i++) values[i] = next()
}
