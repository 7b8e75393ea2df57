import type { Editing } from './processor.ts'

/**
 * encoder_repetition_penalty (EncoderRepetitionPenaltyLogitsProcessor): the repetition penalty for the ids of the source, inverted. Above 1
 * it favors them.
 */
export function encoderRepetitionPenalty(penalty: number, source: readonly number[]): Editing {
  const ids = [...new Set(source)]
  return (_, edits) => {
    for (const id of ids) edits.penalize(id, 1 / penalty)
  }
}
