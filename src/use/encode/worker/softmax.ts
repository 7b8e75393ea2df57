/** e^x / Σ e^x. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const scores = Float64Array.from(logits)
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity)
  let total = 0
  for (let i = 0; i < scores.length; i++) total += scores[i] = Math.exp(scores[i] - most)
  return scores.map((score) => score / total)
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
