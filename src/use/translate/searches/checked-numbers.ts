import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { ProtectedText } from '../../../language/protect/protected-text.ts'
import type { Span } from '../../../language/protect/span.ts'
import { protectedSearch, type Reader } from './protected-search.ts'
import { plainSearch, type SentenceSearch } from './sentence-search.ts'

/**
 * Numbers of two or more digits that all languages write alike: without separators ("12 500", "3,5", "8:30"), and
 * without letters and units of time ("20 h 30") beside them.
 */
const NUMBER = lazyPattern(
  String.raw`(?<![\p{L}\p{N}_]|[\p{L}\p{N}][.,:/'’-]|\d[ \u00a0\u202f])\d{2,}(?![\p{L}\p{N}_]|[.,:/'’-][\p{L}\p{N}]|[ \u00a0\u202f](?:\d|h\b))`,
  'gu',
)

/** The places of numbers in a sentence that its translation should have too. */
export const numbersOf = (sentence: string): Span[] =>
  Array.from(sentence.matchAll(NUMBER()), ({ 0: { length }, index }) => ({
    start: index,
    end: index + length,
    kind: 'copy',
  }))

/**
 * Search for a sentence with numbers. It is first translated as it is; if the best translation lacks one of the
 * numbers, it is translated again with stand-ins that the model copies.
 */
export function* numberSearch(
  sentence: string,
  numbers: readonly Span[],
  ids: readonly number[],
  decode: (ids: readonly number[]) => string,
  reader: () => Reader,
): SentenceSearch {
  const translations = yield* plainSearch(ids, decode, sentence)
  const all = numbers.map(({ start, end }) => sentence.slice(start, end))
  if (all.every((number) => count(translations[0].text, number) >= count(sentence, number))) return translations
  const whole = new ProtectedText(sentence, numbers)
  const [unit] = whole.sentences({ sentences: [whole.plain], spaces: ['', ''] }).sentences
  const again = yield* protectedSearch(sentence, unit, reader())
  return again.map((each) => ({ ...each, spans: [] }))
}

/** The number of occurrences of a number in a text, outside longer numbers. */
const count = (text: string, number: string) => text.match(new RegExp(`(?<!\\d)${number}(?!\\d)`, 'g'))?.length ?? 0
