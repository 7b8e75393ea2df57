import { ROW } from '../../../base/choices/position-kinds.ts'
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

/**
 * encoder_repetition_penalty (EncoderRepetitionPenaltyLogitsProcessor): the inverted repetition penalty for the ids of
 * the source, of which rows of real numbers have none. Values above 1 favor these ids.
 */
export function encoderRepetitionPenalty(penalty: number, source: readonly number[]): Editing {
  const ids = [...new Set(source)].filter((id) => id !== ROW)
  return (_, edits) => {
    for (const id of ids) edits.penalize(id, 1 / penalty)
  }
}
