import { type Editing, endsWithStartOf } from './processor.ts'

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
    for (const ids of sequences) if (endsWithStartOf(ids, standing)) edits.set(ids.at(-1)!, -Infinity)
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
