import { packedViews } from '../backend/interface/packed.ts'
import { rowScale, Scratch, unpackRows } from '../backend/js/products/unpack.ts'
import { Weights } from './weights.ts'

/** Rows that are unpacked at once. */
const ROWS = 256

/**
 * The same model with every matrix in rows of float32, as gradients and readers of values need them. Rounded
 * matrices keep the values that they were rounded to. Weights that lie so already are returned as they are.
 * @throws GlassformerError ERR_MEMORY
 */
export function inFloat32(weights: Weights): Weights {
  if (weights.encoding === 'float32') return weights
  const wide = new Weights(weights.config)
  const unpacked = new Scratch()
  for (const [name, place] of weights.placements) {
    const packed = packedViews(weights.values, place)
    const { rows, width } = place
    if (!packed) {
      wide.get(name).set(weights.get(name))
      continue
    }
    const values = wide.get(name)
    for (let first = 0; first < rows; first += ROWS) {
      const count = Math.min(ROWS, rows - first)
      unpackRows(packed, first, count, unpacked)
      for (let row = 0; row < count; row++) {
        const scale = rowScale(packed, first + row)
        const [from, to] = [row * packed.depth, (first + row) * width]
        for (let i = 0; i < width; i++) values[to + i] = unpacked.floats[from + i] * scale
      }
    }
  }
  return wide
}
