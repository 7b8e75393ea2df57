import { activationFunctions } from '../../../engine/backend/js/functions/activation-functions.ts'
import type { Pooling, SentenceSettings, VectorStep } from '../../../files/folders/encoders/sentence-modules.ts'

/** The vector of a text of its states [n, width], as sentence-transformers makes it; the first `skipped` rows take no part in sums. */
export function vectorOf(
  states: Float32Array,
  width: number,
  { poolings, steps }: Pick<SentenceSettings, 'poolings' | 'steps'>,
  skipped = 0,
): Float32Array {
  const made = new Float32Array(poolings.length * width)
  poolings.forEach((pooling, i) => {
    made.set(pooled(states, width, pooling, skipped), i * width)
  })
  return steps.reduce<Float32Array>((vector, step) => stepped(vector, step), made)
}

/** One pooling of the states. */
export function pooled(states: Float32Array, width: number, pooling: Pooling, skipped: number): Float32Array {
  const n = states.length / width
  if (pooling === 'cls') return states.slice(0, width)
  if (pooling === 'lastToken') return states.slice((n - 1) * width)
  const from = Math.min(skipped, Math.max(0, n - 1))
  if (pooling === 'max') {
    const most = states.slice(from * width, (from + 1) * width)
    for (let row = from + 1; row < n; row++)
      for (let c = 0; c < width; c++) most[c] = Math.max(most[c], states[row * width + c])
    return most
  }
  const sums = new Float64Array(width)
  let total = 0
  for (let row = from; row < n; row++) {
    const weight = pooling === 'weightedMean' ? row + 1 : 1
    total += weight
    for (let c = 0; c < width; c++) sums[c] += weight * states[row * width + c]
  }
  const divisor = pooling === 'meanSqrtLength' ? Math.sqrt(total) : total
  return Float32Array.from(sums, (sum) => sum / divisor)
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

/** A vector after one step. */
export function stepped(vector: Float32Array, step: VectorStep): Float32Array {
  if (step.kind === 'normalize') return normalized(vector)
  const { weight, bias, inputs, outputs, activation } = step
  const functions = {
    identity: (x: number) => x,
    tanh: Math.tanh,
    sigmoid,
    relu: activationFunctions.relu,
    gelu: activationFunctions.gelu,
  }
  const made = new Float32Array(outputs)
  for (let o = 0; o < outputs; o++) {
    let sum = bias ? bias[o] : 0
    for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i] * vector[i]
    made[o] = functions[activation](sum)
  }
  return made
}

/** A vector of length 1; one of zeros stays. */
export function normalized(vector: Float32Array): Float32Array {
  let squares = 0
  for (const value of vector) squares += value * value
  const length = Math.max(Math.sqrt(squares), 1e-12)
  return vector.map((value) => value / length)
}
