import type { PlacedSpan, PlacedText } from '../../../language/protect/span.ts'
import type { Alternative } from '../translation/translation.ts'
import type { SentenceTranslation } from './sentence-search.ts'

/**
 * Joins the translations of a text's sentences by the text around the sentences (one part more than sentences). The
 * n-th best translations of all sentences make the n-th alternative; there is at least one.
 */
export function alternativesOf(
  around: readonly PlacedText[],
  translations: readonly (readonly SentenceTranslation[])[],
): Alternative[] {
  const count = translations.reduce((most, { length }) => Math.max(most, length), 1)
  return Array.from({ length: count }, (_, rank) => {
    const chosen = translations.map((list) => list[Math.min(rank, list.length - 1)])
    const { text, spans } = joined(around, chosen)
    return {
      text: translations.length || spans.length ? text : '',
      score: chosen.reduce((sum, { score }) => sum + score, 0),
      ids: chosen.flatMap(({ ids }) => ids),
      tokenScores: chosen.flatMap(({ scores }) => scores),
      finishReason:
        (['loop', 'length'] as const).find((why) => chosen.some((each) => each.finishReason === why)) ?? 'end',
      ...(spans.length > 0 && { spans }),
      ...(chosen.length === 1 && chosen[0].copied && { copied: chosen[0].copied }),
    }
  })
}

function joined(around: readonly PlacedText[], sentences: readonly SentenceTranslation[]): PlacedText {
  let text = ''
  const spans: PlacedSpan[] = []
  const append = (part: { text: string; spans: readonly PlacedSpan[] }) => {
    for (const span of part.spans) spans.push({ ...span, start: span.start + text.length, end: span.end + text.length })
    text += part.text
  }
  around.forEach((part, i) => {
    if (i > 0) append(sentences[i - 1])
    append(part)
  })
  return { text, spans }
}
