/** The attention of one query in one head, step by step; a row for each key. */
export interface AttentionSteps {
  /** The products q × k of each dimension, [keys, dHead]. */
  products: Float64Array[]
  /** q · k, plus the relative position bias. */
  scores: Float64Array
  /** Scores times the scale; −∞ for masked keys. */
  scaled: Float64Array
  /** Softmax of the scaled scores: they sum to 1. */
  weights: Float64Array
  /** weight × v, [keys, dHead]. */
  weighted: Float64Array[]
  /** The sum of the weighted values, [dHead]. */
  z: Float64Array
}

/** The conversion of scores to the softmax input. */
export interface ScoreOptions {
  /** The visible keys, [begin, end). Default: all. */
  visible?: readonly [begin: number, end: number]
  /** Default: 1 / √dHead. */
  scale?: number
  /** The bias added to q · k of each key, by its distance. Default: nothing. */
  added?: ArrayLike<number>
}

/** Scaled dot-product attention of one query, paper 3.2.1. Keys and values are rows of dHead numbers. */
export function attentionSteps(
  q: ArrayLike<number>,
  keys: readonly ArrayLike<number>[],
  values: readonly ArrayLike<number>[],
  { visible: [begin, end] = [0, keys.length], scale = q.length ** -0.5, added }: ScoreOptions = {},
): AttentionSteps {
  const products = keys.map((k) => Float64Array.from(q, (value, i) => value * k[i]))
  const scores = Float64Array.from(products, (product, i) =>
    product.reduce((sum, value) => sum + value, added?.[i] ?? 0),
  )
  const scaled = scores.map((score, i) => (i >= begin && i < end ? score * scale : -Infinity))
  const weights = softmax(scaled)
  const weighted = values.map((v, i) => Float64Array.from(v, (value) => weights[i] * value))
  const z = Float64Array.from({ length: values[0]?.length ?? 0 }, (_, d) =>
    weighted.reduce((sum, value) => sum + value[d], 0),
  )
  return { products, scores, scaled, weights, weighted, z }
}

/** e^x / Σ e^x, where the maximum is subtracted first to avoid overflow. */
export function softmax(scores: Float64Array): Float64Array {
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  const powers = scores.map((score) => Math.exp(score - highest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
