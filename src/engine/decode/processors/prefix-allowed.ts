import { GlassformerError, shown } from '../../../base/errors.ts'
import type { Rescoring } from './processor.ts'

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
