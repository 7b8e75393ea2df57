import { byRank, entropy, probabilities, type Warper } from './warper.ts'

/** Number of likeliest ids that are considered. */
const LIKELIEST = 100

/**
 * top_h (Baghaei Potraghloo et al. 2025; TopHLogitsWarper): keeps, among the 100 likeliest ids, the likeliest ones
 * whose terms −p log p add up to at most `share` of the entropy of the 100. The likeliest id always stays.
 */
export const topH =
  (share: number): Warper =>
  (scores) => {
    const ranked = byRank(scores)
    const chances = probabilities(Float64Array.from(ranked.subarray(0, LIKELIEST), (place) => scores[place]))
    const most = share * entropy(chances)
    let sum = 0
    for (let rank = 0; rank < ranked.length; rank++) {
      const p = chances[rank] ?? 0
      sum = rank < chances.length ? sum - (p > 0 ? p * Math.log(p) : 0) : Infinity
      if (rank > 0 && sum > most) scores[ranked[rank]] = -Infinity
    }
  }
