import { ROW } from '../../../base/choices/position-kinds.ts'
import { lastOf } from '../../../base/present.ts'
import { type Editing, endsWithStartOf, type Rescoring } from './processor.ts'

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

/** no_repeat_ngram_size (Paulus et al. 2017, 2.5; NoRepeatNGramLogitsProcessor): −∞ for ids that would complete an n-gram of the history. */
export const noRepeatNgram =
  (n: number): Editing =>
  ({ history }, edits) => {
    for (const id of completing(n, history, history)) edits.set(id, -Infinity)
  }

/** encoder_no_repeat_ngram_size (EncoderNoRepeatNGramLogitsProcessor): −∞ for ids that would complete an n-gram of the source. */
export const encoderNoRepeatNgram =
  (n: number, source: readonly number[]): Editing =>
  ({ history }, edits) => {
    for (const id of completing(n, source, history)) edits.set(id, -Infinity)
  }

/** Ids that would complete an n-gram of `text` after the last n − 1 ids of a history. */
function completing(n: number, text: readonly number[], history: readonly number[]): number[] {
  const ids: number[] = []
  const tail = history.length - n + 1
  if (tail < 0) return ids
  for (let i = 0; i + n <= text.length; i++) {
    let same = true
    for (let j = 0; j < n - 1 && same; j++) same = text[i + j] === history[tail + j]
    if (same) ids.push(text[i + n - 1])
  }
  return ids
}

/**
 * min_length and min_new_tokens (MinNewTokensLengthLogitsProcessor): −∞ for the end ids until this many tokens have
 * been generated.
 */
export const leastTokens =
  (least: number, ends: readonly number[]): Editing =>
  ({ generated }, edits) => {
    if (generated < least) for (const id of ends) edits.set(id, -Infinity)
  }

/**
 * exponential_decay_length_penalty [s, f] (ExponentialDecayLengthPenalty): after s generated tokens, at the n-th, the
 * score of each end becomes score + |score| · (f^(n − s) − 1).
 */
export const exponentialDecay =
  ([start, factor]: readonly [number, number], ends: readonly number[]): Editing =>
  ({ generated }, edits) => {
    if (generated > start) for (const id of ends) edits.raise(id, factor ** (generated - start) - 1)
  }

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
