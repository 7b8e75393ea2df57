/**
 * A logits processor of sampling: sets scores that must not be drawn to −∞, in place. The scores belong to some or all
 * ids, in any order; ids that are left out count as −∞. All scores may be shifted by the same number.
 */
export type Warper = (scores: Float64Array) => void

/** The indices of scores, highest first; among equal scores the lower index comes first. */
export const byRank = (scores: Float64Array): Uint32Array =>
  Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] === scores[b] ? a - b : scores[a] > scores[b] ? -1 : 1))

/** The probabilities of scores: their softmax. */
export function probabilities(scores: Float64Array): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity)
  const exponentials = scores.map((score) => (score > -Infinity ? Math.exp(score - most) : 0))
  const sum = exponentials.reduce((a, b) => a + b, 0)
  return exponentials.map((value) => value / sum)
}

/** −Σ p log p. */
export const entropy = (chances: Float64Array): number =>
  chances.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0)

/** Sets the scores to −∞ for whose indices `isOut` returns true, except the `least` highest. */
export function dropUnless(least: number, scores: Float64Array, isOut: (place: number) => boolean): void {
  const kept = least === 1 ? [highest(scores)] : byRank(scores).subarray(0, least)
  for (let i = 0; i < scores.length; i++) if (isOut(i) && !kept.includes(i)) scores[i] = -Infinity
}

function highest(scores: Float64Array): number {
  let place = 0
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[place]) place = i
  return place
}
