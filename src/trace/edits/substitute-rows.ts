import { mix } from '../../engine/backend/interface/random.ts'
import type { TracedTensor } from '../data/trace.ts'
import type { Substitute } from './intervention.ts'

/** The substitute [width] for the row at a position. `own`: the tensor as it is [rows, width]; zeros need none. */
export function substituteRows(
  by: Substitute,
  width: number,
  own: TracedTensor | null,
  seed: number,
): (position: number) => Float32Array {
  if (by === 'zero' || !own) return () => new Float32Array(width)
  if (by === 'mean') {
    const mean = meanRow(own.values, width)
    return () => mean
  }
  const { mean, deviation } = momentsOf(own.values)
  return (position) => {
    const gaussian = gaussians(mix(mix(seed) + position))
    return Float32Array.from({ length: width }, () => mean + deviation * gaussian())
  }
}

function meanRow(values: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width)
  for (let i = 0; i < values.length; i++) sums[i % width] += values[i]
  return Float32Array.from(sums, (sum) => sum / (values.length / width))
}

function momentsOf(values: Float32Array): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0]
  for (const value of values) sum += value
  const mean = sum / values.length
  for (const value of values) squares += (value - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / values.length) }
}

/** Standard normal numbers (Box and Muller 1958), the same for the same seed. */
function gaussians(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = mix(state + 0x9e3779b9)
    return ((state >>> 0) + 0.5) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
