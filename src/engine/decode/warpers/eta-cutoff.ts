import { dropUnless, entropy, probabilities, type Warper } from './warper.ts'

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
