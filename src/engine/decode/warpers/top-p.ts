import { byRank, probabilities, type Warper } from './warper.ts'

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
