/** What a query of one head does, step by step; a row for each key. */
export interface AttentionSteps {
  /** q × k of each dimension, [keys, dHead]. */
  products: Float64Array[]
  /** q · k, with what is added to it. */
  scores: Float64Array
  /** Scores times the scale; −∞ for keys that the query does not see. */
  scaled: Float64Array
  /** Softmax of the scaled scores: they sum to 1. */
  weights: Float64Array
  /** weight × v, [keys, dHead]. */
  weighted: Float64Array[]
  /** The sum of the weighted values, [dHead]. */
  z: Float64Array
}

/** How scores become what softmax is taken of. */
export interface ScoreOptions {
  /** The query sees so many of the keys, from the first on. Default: all. */
  visible?: number
  /** Default: 1 / √dHead. */
  scale?: number
  /** What is added to q · k of each key, by its distance. Default: nothing. */
  added?: ArrayLike<number>
}

/** Scaled dot-product attention of one query, paper 3.2.1. Keys and values are rows of dHead numbers. */
export function attentionSteps(
  q: ArrayLike<number>,
  keys: readonly ArrayLike<number>[],
  values: readonly ArrayLike<number>[],
  { visible = keys.length, scale = q.length ** -0.5, added }: ScoreOptions = {},
): AttentionSteps {
  const products = keys.map((k) => Float64Array.from(q, (value, i) => value * k[i]))
  const scores = Float64Array.from(products, (product, i) =>
    product.reduce((sum, value) => sum + value, added?.[i] ?? 0),
  )
  const scaled = scores.map((score, i) => (i < visible ? score * scale : -Infinity))
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
