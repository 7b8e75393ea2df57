/** An event that was said to have a probability, and whether it happened; of several parts, the share of them that did. */
export interface Said {
  probability: number
  isTrue: boolean | number
}

/** Events whose said probabilities are alike. */
export interface ReliabilityBin {
  count: number
  /** The mean of the said probabilities, and the share of the events that happened. */
  said: number
  happened: number
}

/** The events in bins of equal width; empty ones are left out. */
export function reliability(events: readonly Said[], bins = 10): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, said: 0, happened: 0 }))
  for (const { probability, isTrue } of events) {
    const sum = sums[Math.min(bins - 1, Math.floor(probability * bins))]
    sum.count++
    sum.said += probability
    sum.happened += Number(isTrue)
  }
  return sums
    .filter(({ count }) => count > 0)
    .map(({ count, said, happened }) => ({ count, said: said / count, happened: happened / count }))
}

/**
 * The expected calibration error: how far said probabilities are from the shares of events that happened, on average
 * over the events (Guo et al. 2017, "On Calibration of Modern Neural Networks").
 */
export function calibrationError(curve: readonly ReliabilityBin[]): number {
  const all = curve.reduce((sum, { count }) => sum + count, 0)
  return curve.reduce((sum, { count, said, happened }) => sum + (count / all) * Math.abs(said - happened), 0)
}

/** Newton's steps of a regression, and the weight of the squares of its coefficients. */
const STEPS = 25
const DECAY = 1e-3

/**
 * A logistic regression: weights of the features, and the intercept as the last of them, that make the outcomes most
 * probable. Features have a mean of 0 and a deviation of 1.
 */
export function logisticRegression(features: readonly (readonly number[])[], outcomes: readonly boolean[]): number[] {
  const size = (features[0]?.length ?? 0) + 1
  const weights = new Array<number>(size).fill(0)
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight) => -DECAY * weight)
    const curvature = weights.map((_, i) => weights.map((__, k) => (i === k ? DECAY : 0)))
    features.forEach((row, n) => {
      const x = [...row, 1]
      const probability = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + value * weights[i], 0)))
      const error = (outcomes[n] ? 1 : 0) - probability
      const weight = probability * (1 - probability)
      for (let i = 0; i < size; i++) {
        gradient[i] += error * x[i]
        for (let k = 0; k < size; k++) curvature[i][k] += weight * x[i] * x[k]
      }
    })
    const change = solved(curvature, gradient)
    change.forEach((by, i) => {
      weights[i] += by
    })
    if (Math.max(...change.map(Math.abs)) < 1e-9) break
  }
  return weights
}

/** The solution of a system of linear equations, by elimination. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]])
  const size = rows.length
  for (let column = 0; column < size; column++) {
    const pivot = rows
      .slice(column)
      .reduce((best, row) => (Math.abs(row[column]) > Math.abs(best[column]) ? row : best))
    const at = rows.indexOf(pivot)
    rows[at] = rows[column]
    rows[column] = pivot
    for (let i = 0; i < size; i++) {
      if (i === column) continue
      const factor = rows[i][column] / pivot[column]
      for (let k = column; k <= size; k++) rows[i][k] -= factor * pivot[k]
    }
  }
  return rows.map((row, i) => row[size] / row[i])
}
