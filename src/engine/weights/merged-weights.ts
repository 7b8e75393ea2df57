import { packedViews } from '../backend/interface/packed.ts'
import { rowScale, Scratch, unpackRows } from '../backend/js/products/unpack.ts'
import type { Adapter } from './adapter.ts'
import type { PlacedWeights } from './placed-weights.ts'
import { Weights } from './weights.ts'

/** Rows that are unpacked at once. */
const ROWS = 256

/**
 * The same model with every matrix in rows of float32, as gradients and readers of values need them. Rounded
 * matrices keep the values that they were rounded to. Weights that lie so already are returned as they are.
 * @throws GlassformerError ERR_MEMORY
 */
export const inFloat32 = (weights: Weights): Weights => widened(weights, () => new Weights(weights.config))

/** The same for weights of any class; `make` makes weights in float32. */
export function widened<W extends PlacedWeights>(weights: W, make: () => W): W {
  if (weights.encoding === 'float32') return weights
  const wide = make()
  for (const name of weights.placements.keys()) unpackInto(wide.get(name), weights, name)
  return wide
}

/** A copy of one parameter in rows of float32, with the values that it was rounded to. */
export function parameterInFloat32(weights: Weights, name: string): Float32Array {
  const { place, rows } = weights.rowsOf(name)
  const values = new Float32Array(rows * place.width)
  unpackInto(values, weights, name)
  return values
}

function unpackInto(values: Float32Array, weights: PlacedWeights, name: string): void {
  const { place, first, rows } = weights.rowsOf(name)
  const packed = packedViews(weights.values, place)
  if (!packed) {
    values.set(weights.get(name))
    return
  }
  const { width } = place
  const unpacked = new Scratch()
  for (let start = 0; start < rows; start += ROWS) {
    const count = Math.min(ROWS, rows - start)
    unpackRows(packed, first + start, count, unpacked)
    for (let row = 0; row < count; row++) {
      const scale = rowScale(packed, first + start + row)
      const [from, to] = [row * packed.depth, (start + row) * width]
      for (let i = 0; i < width; i++) values[to + i] = unpacked.floats[from + i] * scale
    }
  }
}

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
