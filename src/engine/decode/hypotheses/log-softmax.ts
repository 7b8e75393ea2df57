/** log Σ exp(score); −∞ where all scores are −∞. */
export function logSumExp(scores: Float32Array | Float64Array): number {
  let most = -Infinity
  for (let i = 0; i < scores.length; i++) if (scores[i] > most) most = scores[i]
  if (!Number.isFinite(most)) return most
  let sum = 0
  for (let i = 0; i < scores.length; i++) if (scores[i] > -Infinity) sum += Math.exp(scores[i] - most)
  return most + Math.log(sum)
}

/** renormalize_logits (LogitNormalization): scores become log-probabilities, in place. Scores that are all −∞ stay. */
export function logSoftmax(scores: Float32Array | Float64Array): void {
  const norm = logSumExp(scores)
  if (Number.isFinite(norm)) for (let i = 0; i < scores.length; i++) scores[i] -= norm
}
