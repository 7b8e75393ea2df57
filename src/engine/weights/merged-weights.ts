import { Scratch, unpackRows } from '../backend/js/unpack.ts'
import { packedViews } from '../backend/packed.ts'
import type { Adapter } from './adapter.ts'
import { Weights } from './weights.ts'

/** The weights of a model with an adapter merged into them, in float32 rows, however the model's own are stored. */
export function mergedWeights(weights: Weights, { values, branches }: Adapter): Weights {
  const merged = new Weights(weights.config)
  for (const name of weights.placements.keys()) merged.get(name).set(floatsOf(weights, name))
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

/** The values of a weight, [rows, width]. */
function floatsOf(weights: Weights, name: string): Float32Array {
  const place = weights.place(name)
  const packed = packedViews(weights.values, place)
  if (!packed) return weights.get(name)
  const scratch = new Scratch()
  unpackRows(packed, 0, place.rows, scratch)
  const floats = new Float32Array(place.rows * place.width)
  for (let row = 0; row < place.rows; row++) {
    const scale = packed.encoding === 'int8' ? packed.scales[row] : 1
    for (let i = 0; i < place.width; i++) floats[row * place.width + i] = scale * scratch.floats[row * packed.depth + i]
  }
  return floats
}
