/** What a query of one head does, step by step; a row for each key. */
export interface AttentionSteps {
  /** q × k of each dimension, [keys, dHead]. */
  products: Float64Array[]
  /** q · k. */
  scores: Float64Array
  /** q · k / √dHead; −∞ for keys that the query does not see. */
  scaled: Float64Array
  /** Softmax of the scaled scores: they sum to 1. */
  weights: Float64Array
  /** weight × v, [keys, dHead]. */
  weighted: Float64Array[]
  /** The sum of the weighted values, [dHead]. */
  z: Float64Array
}

/**
 * Scaled dot-product attention of one query, paper 3.2.1. Keys and values are rows of dHead numbers; the query sees the first `visible` of them.
 */
export function attentionSteps(
  q: ArrayLike<number>,
  keys: readonly ArrayLike<number>[],
  values: readonly ArrayLike<number>[],
  visible = keys.length,
): AttentionSteps {
  const products = keys.map((k) => Float64Array.from(q, (value, i) => value * k[i]))
  const scores = Float64Array.from(products, (product) => product.reduce((sum, value) => sum + value, 0))
  const scaled = scores.map((score, i) => (i < visible ? score / Math.sqrt(q.length) : -Infinity))
  const weights = softmax(scaled)
  const weighted = values.map((v, i) => Float64Array.from(v, (value) => weights[i] * value))
  const z = Float64Array.from({ length: values[0]?.length ?? 0 }, (_, d) =>
    weighted.reduce((sum, value) => sum + value[d], 0),
  )
  return { products, scores, scaled, weights, weighted, z }
}

/** e^x / Σ e^x, with the highest subtracted first so that nothing overflows. */
export function softmax(scores: Float64Array): Float64Array {
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  const powers = scores.map((score) => Math.exp(score - highest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
