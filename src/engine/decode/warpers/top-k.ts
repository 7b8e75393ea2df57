import type { Warper } from './warper.ts'

/**
 * top_k (Fan et al. 2018; TopKLogitsWarper): keeps the k highest scores, and scores that tie with the lowest of them.
 */
export const topK =
  (k: number): Warper =>
  (scores) => {
    if (k >= scores.length) return
    const lowest = scores.slice().sort()[scores.length - k]
    for (let i = 0; i < scores.length; i++) if (scores[i] < lowest) scores[i] = -Infinity
  }
