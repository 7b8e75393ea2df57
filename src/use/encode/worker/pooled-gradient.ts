import { normalDensity, normalDistribution } from '../../../engine/backend/js/functions/activation-functions.ts'
import type { SentenceSettings, VectorStep } from '../../../files/folders/encoders/sentence-modules.ts'
import { normalized, pooled, stepped } from './pooled.ts'

/**
 * The gradient of Σ dVector · vector by the states [n, width] of which `vectorOf` has made the vector.
 */
export function statesGradient(
  states: Float32Array,
  { width, skipped }: { width: number; skipped: number },
  { poolings, steps }: Pick<SentenceSettings, 'poolings' | 'steps'>,
  dVector: Float32Array,
): Float32Array {
  const vectors: Float32Array[] = [
    Float32Array.from(poolings.flatMap((pooling) => [...pooled(states, width, pooling, skipped)])),
  ]
  for (const step of steps) vectors.push(stepped(vectors[vectors.length - 1], step))
  let gradient = dVector
  steps.forEach((_, i) => {
    const at = steps.length - 1 - i
    gradient = stepGradient(vectors[at], vectors[at + 1], steps[at], gradient)
  })
  const weights = poolingWeights(states, { width, skipped }, { poolings })
  const made = new Float32Array(states.length)
  poolings.forEach((_, i) => {
    for (let at = 0; at < made.length; at++) made[at] += weights[i][at] * gradient[i * width + (at % width)]
  })
  return made
}

/** By what each number of the states [n, width] is multiplied in each pooling: [n, width]. */
export function poolingWeights(
  states: Float32Array,
  { width, skipped }: { width: number; skipped: number },
  { poolings }: Pick<SentenceSettings, 'poolings'>,
): Float32Array[] {
  const n = states.length / width
  const from = Math.min(skipped, Math.max(0, n - 1))
  return poolings.map((pooling) => {
    const weights = new Float32Array(states.length)
    if (pooling === 'cls') return weights.fill(1, 0, width)
    if (pooling === 'lastToken') return weights.fill(1, (n - 1) * width)
    if (pooling === 'max') {
      for (let c = 0; c < width; c++) {
        let best = from
        for (let row = from + 1; row < n; row++) if (states[row * width + c] > states[best * width + c]) best = row
        weights[best * width + c] = 1
      }
      return weights
    }
    const factor = (row: number) => (pooling === 'weightedMean' ? row + 1 : 1)
    let total = 0
    for (let row = from; row < n; row++) total += factor(row)
    const divisor = pooling === 'meanSqrtLength' ? Math.sqrt(total) : total
    for (let row = from; row < n; row++) weights.fill(factor(row) / divisor, row * width, (row + 1) * width)
    return weights
  })
}

/** The gradient by the input x of a step whose output is y. */
function stepGradient(x: Float32Array, y: Float32Array, step: VectorStep, dy: Float32Array): Float32Array {
  if (step.kind === 'normalize') {
    // y = x / |x|: dx = (dy − y (y · dy)) / |x|.
    const length = Math.max(Math.hypot(...x), 1e-12)
    const along = dot(normalized(x), dy)
    return dy.map((value, i) => (value - y[i] * along) / length)
  }
  const { weight, bias, inputs, outputs, activation } = step
  const made = new Float32Array(inputs)
  for (let o = 0; o < outputs; o++) {
    let sum = bias ? bias[o] : 0
    for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i] * x[i]
    const slope = slopes[activation](sum, y[o]) * dy[o]
    for (let i = 0; i < inputs; i++) made[i] += slope * weight[o * inputs + i]
  }
  return made
}

/** The derivative of each activation at x, where its value is y. */
const slopes: Readonly<Record<(VectorStep & { kind: 'dense' })['activation'], (x: number, y: number) => number>> = {
  identity: () => 1,
  tanh: (_, y) => 1 - y * y,
  sigmoid: (_, y) => y * (1 - y),
  relu: (x) => (x > 0 ? 1 : 0),
  gelu: (x) => normalDistribution(x) + x * normalDensity(x),
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0)
