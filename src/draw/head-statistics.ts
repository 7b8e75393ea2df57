/** Three statistics of a head, each a mean over its queries. */
export interface HeadStatistics {
  /** Entropy of a query's weights, in nats: 0 where one key has all weight. */
  entropy: number
  /** Weight on the key at the query's own position. */
  diagonal: number
  /** Weight on the key before it; mean over the queries that have one. */
  previous: number
}

/** The statistics of one head's weights, [queries · keys]. */
export function headStatistics(weights: ArrayLike<number>, queries: number, keys: number): HeadStatistics {
  let [entropy, diagonal, previous] = [0, 0, 0]
  for (let query = 0; query < queries; query++) {
    for (let key = 0; key < keys; key++) {
      const weight = weights[query * keys + key]
      if (weight > 0) entropy -= weight * Math.log(weight)
    }
    if (query < keys) diagonal += weights[query * keys + query]
    if (query > 0 && query <= keys) previous += weights[query * keys + query - 1]
  }
  return {
    entropy: entropy / Math.max(1, queries),
    diagonal: diagonal / Math.max(1, Math.min(queries, keys)),
    previous: previous / Math.max(1, Math.min(queries - 1, keys)),
  }
}
