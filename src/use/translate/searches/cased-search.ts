import type { PlacedSpan } from '../../../language/protect/span.ts'
import type { Casing } from '../../../language/text/sentences/case.ts'
import type { SentenceSearch, SentenceTranslation } from './sentence-search.ts'

/**
 * Search for a sentence in capitals, or a title. The model reads it in lower case, and its translations are written in
 * the case of the sentence.
 */
export function* casedSearch(search: SentenceSearch, casing: Casing): SentenceSearch {
  let step = search.next([])
  while (!step.done) step = search.next(yield { ...step.value, isRecased: true })
  return step.value.map((translation) => written(translation, casing))
}

/** The translation with its capitals, except inside its spans. */
function written(translation: SentenceTranslation, casing: Casing): SentenceTranslation {
  let text = ''
  let at = 0
  const spans = translation.spans.map((span): PlacedSpan => {
    text += casing.write(translation.text.slice(at, span.start))
    const start = text.length
    text += translation.text.slice(span.start, span.end)
    at = span.end
    return { ...span, start, end: text.length }
  })
  return { ...translation, text: text + casing.write(translation.text.slice(at)), spans }
}
