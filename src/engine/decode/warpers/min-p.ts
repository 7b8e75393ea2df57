import { dropUnless, probabilities, type Warper } from './warper.ts'

/**
 * min_p (Nguyen et al. 2024; MinPLogitsWarper): removes ids less likely than `share` times the likeliest. At least
 * `least` ids stay.
 */
export const minP =
  (share: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    const lowest = share * chances.reduce((a, b) => Math.max(a, b), 0)
    dropUnless(least, scores, (i) => chances[i] < lowest)
  }
