import type { Found } from '../decode/search.ts'
import { joinSentences } from '../text/sentences.ts'
import type { Alternative } from './translation.ts'

/**
 * Joins the translations of a text's sentences by the white space around the sentences (one more than sentences). The n-th best
 * translations of all sentences make the n-th alternative.
 */
export function alternativesOf(
  spaces: readonly string[],
  found: readonly Found[][],
  decode: (ids: readonly number[]) => string,
): Alternative[] {
  const count = found.reduce((most, { length }) => Math.max(most, length), 0)
  return Array.from({ length: count }, (_, rank) => {
    const chosen = found.map((list) => list[Math.min(rank, list.length - 1)])
    return {
      text: joinSentences(
        chosen.map(({ ids }) => decode(ids)),
        spaces,
      ),
      score: chosen.reduce((sum, { score }) => sum + score, 0),
      ids: chosen.flatMap(({ ids }) => ids),
      tokenScores: chosen.flatMap(({ scores }) => scores),
      finishReason:
        (['loop', 'length'] as const).find((why) => chosen.some((each) => each.finishReason === why)) ?? 'end',
    }
  })
}
