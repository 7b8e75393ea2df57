import { byRank, probabilities, type Warper } from './warper.ts'

/** temperature (TemperatureLogitsWarper): score / T. */
export const temperature =
  (t: number): Warper =>
  (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] /= t
  }

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

/**
 * top_p, nucleus sampling (Holtzman et al. 2020; TopPLogitsWarper): removes an id if its probability and those of all
 * less likely ids add up to at most 1 − p. At least `least` ids stay.
 */
export const topP =
  (p: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    const ranked = byRank(scores)
    let below = 0
    for (let rank = ranked.length - 1; rank >= least; rank--) {
      below += chances[ranked[rank]]
      if (below > 1 - p) return
      scores[ranked[rank]] = -Infinity
    }
  }
