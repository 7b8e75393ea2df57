import { dropUnless, probabilities, type Warper } from './warper.ts'

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
