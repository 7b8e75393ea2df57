import { dropUnless, entropy, probabilities, type Warper } from './warper.ts'

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

/**
 * eta_cutoff (Hewitt et al. 2022, 4.2; EtaLogitsWarper): removes ids of probability below min(ε, √ε · exp(−entropy)).
 * At least `least` ids stay.
 */
export const etaCutoff =
  (epsilon: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    const lowest = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropy(chances)))
    dropUnless(least, scores, (i) => chances[i] < lowest)
  }

/**
 * epsilon_cutoff (Hewitt et al. 2022, 4.1; EpsilonLogitsWarper): removes ids of probability below ε. At least `least`
 * ids stay.
 */
export const epsilonCutoff =
  (epsilon: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    dropUnless(least, scores, (i) => chances[i] < epsilon)
  }
