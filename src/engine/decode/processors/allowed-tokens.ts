import { GlassformerError, shown } from '../../../base/errors.ts'
import type { Rescoring, Standing } from './processor.ts'

/**
 * forced_bos_token_id and forced_eos_token_id (ForcedBOSTokenLogitsProcessor, ForcedEOSTokenLogitsProcessor): forced
 * ids get the score 0, and all others −∞.
 */
export const forced =
  (idsAt: (standing: Standing) => readonly number[] | null): Rescoring =>
  (scores, standing) => {
    const ids = idsAt(standing)
    if (!ids) return
    scores.fill(-Infinity)
    for (const id of ids) scores[id] = 0
  }

/**
 * A function that returns the ids that may follow `ids`, the decoder's tokens from the start on. `sentence` is the
 * index of the source in the call.
 */
export type PrefixAllowed = (sentence: number, ids: number[]) => readonly number[]

/**
 * prefix_allowed_tokens_fn (De Cao et al. 2021; PrefixConstrainedLogitsProcessor): −∞ for all ids except the allowed
 * ones. If all allowed ids are at −∞ already, their scores become 0.
 */
export const prefixAllowed =
  (allowed: PrefixAllowed, sentence: number): Rescoring =>
  (scores, { history }) => {
    const ids = allowed(sentence, [...history])
    checkAllowed(ids, scores.length)
    const kept = ids.map((id) => scores[id])
    const areLost = kept.every((score) => score === -Infinity)
    scores.fill(-Infinity)
    ids.forEach((id, i) => {
      scores[id] = areLost ? 0 : kept[i]
    })
  }

function checkAllowed(ids: unknown, vocabulary: number): void {
  const isId = (id: unknown) => Number.isInteger(id) && (id as number) >= 0 && (id as number) < vocabulary
  if (!Array.isArray(ids) || !ids.length || !ids.every(isId))
    throw new GlassformerError(
      'ERR_INPUT',
      `prefix_allowed_tokens_fn must return a list of one or more ids below ${vocabulary}, not ${shown(ids)}`,
    )
}
