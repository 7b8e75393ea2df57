import type { Editing } from './processor.ts'

/**
 * repetition_penalty (Keskar et al. 2019, CTRL, 4.1; RepetitionPenaltyLogitsProcessor): for each id of the history, once, the score s
 * becomes s / penalty if it is positive and s · penalty if it is negative.
 */
export const repetitionPenalty =
  (penalty: number): Editing =>
  ({ history }, edits) => {
    for (const id of new Set(history)) edits.penalize(id, penalty)
  }
