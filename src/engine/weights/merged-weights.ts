import type { Adapter } from './adapter.ts'
import { inFloat32 } from './in-float32.ts'
import { Weights } from './weights.ts'

/** The weights of a model with an adapter merged into them, in rows of float32, however the model's own are stored. */
export function mergedWeights(weights: Weights, { values, branches }: Adapter): Weights {
  const merged = new Weights(weights.config, 'float32', inFloat32(weights).values.slice())
  for (const { parameter, rank, down, up } of branches) {
    const { rows, width } = merged.place(parameter)
    const matrix = merged.get(parameter)
    for (let o = 0; o < rows; o++)
      for (let k = 0; k < rank; k++) {
        const factor = values[up + k * rows + o]
        for (let i = 0; i < width; i++) matrix[o * width + i] += factor * values[down + k * width + i]
      }
  }
  return merged
}
