import { ROW } from '../../../base/choices/source-ids.ts'
import type { Editing } from './processor.ts'

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
