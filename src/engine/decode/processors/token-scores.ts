import { lastOf } from '../../../base/present.ts'
import { type Editing, endsWithStartOf, type Rescoring } from './processor.ts'

const LARGEST = (2 - 2 ** -23) * 2 ** 127

/** remove_invalid_values (InfNanRemoveLogitsProcessor): NaN becomes 0, and ±∞ the largest and the lowest number of float32. */
export const removeInvalid: Rescoring = (scores) => {
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) scores[i] = 0
    else scores[i] = Math.min(LARGEST, Math.max(-LARGEST, scores[i]))
  }
}

/** suppress_tokens, and bad_words_ids of one id (SuppressTokensLogitsProcessor): −∞ for these ids. */
export const suppress =
  (ids: readonly number[]): Editing =>
  (_, edits) => {
    for (const id of ids) edits.set(id, -Infinity)
  }

/**
 * bad_words_ids (NoBadWordsLogitsProcessor): −∞ for the last id of a sequence when the other ids have just been
 * generated.
 */
export const suppressSequences =
  (sequences: readonly (readonly number[])[]): Editing =>
  (standing, edits) => {
    for (const ids of sequences) if (endsWithStartOf(ids, standing)) edits.set(lastOf(ids), -Infinity)
  }

/**
 * begin_suppress_tokens (SuppressTokensAtBeginLogitsProcessor): −∞ for these ids as the first generated token, or as
 * the second if the first is forced.
 */
export const suppressFirst =
  (ids: readonly number[], isFirstForced: boolean): Editing =>
  ({ generated }, edits) => {
    if (generated === (isFirstForced ? 1 : 0)) for (const id of ids) edits.set(id, -Infinity)
  }

/**
 * sequence_bias (SequenceBiasLogitsProcessor): adds a bias to the score of a sequence's last id when the other ids have
 * just been generated. The biases of all matching sequences add up; if one sequence is listed twice, its last bias is
 * used.
 */
export function sequenceBias(biases: readonly (readonly [ids: readonly number[], bias: number])[]): Editing {
  const lasting = [...new Map(biases.map((each) => [each[0].join(), each])).values()]
  return (standing, edits) => {
    for (const [ids, bias] of lasting) if (endsWithStartOf(ids, standing)) edits.add(lastOf(ids), bias)
  }
}
