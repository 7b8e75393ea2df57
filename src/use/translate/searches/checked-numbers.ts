import { ProtectedText } from '../../../language/protect/protected-text.ts'
import type { Span } from '../../../language/protect/span.ts'
import type { WrittenNumber } from '../../../language/protect/written-numbers.ts'
import { protectedSearch, type Reader } from './protected-search.ts'
import { plainSearch, type SentenceSearch } from './sentence-search.ts'

/**
 * Search for a sentence with numbers. It is first translated as it is; if the best translation lacks one of the
 * numbers, it is translated again with stand-ins that the model copies, and the numbers take their places as the target
 * language writes them.
 */
export function* numberSearch(
  sentence: string,
  numbers: readonly WrittenNumber[],
  ids: readonly number[],
  decode: (ids: readonly number[]) => string,
  reader: () => Reader,
): SentenceSearch {
  const translations = yield* plainSearch(ids, decode, sentence)
  if (!numbers.some(isLost(translations[0].text, numbers))) return translations
  const { text, spans } = rewritten(sentence, numbers)
  const whole = new ProtectedText(text, spans)
  const [unit] = whole.sentences({ sentences: [whole.plain], spaces: ['', ''] }).sentences
  const again = yield* protectedSearch(text, unit, reader())
  return again.map((each) => ({ ...each, spans: [] }))
}

/** Whether a translation has a number fewer times than its sentence. */
const isLost =
  (translation: string, numbers: readonly WrittenNumber[]) =>
  ({ forms, written }: WrittenNumber) =>
    (translation.match(forms)?.length ?? 0) < numbers.filter((other) => other.written === written).length

/** The sentence with its numbers as the target language writes them, and their places. */
function rewritten(sentence: string, numbers: readonly WrittenNumber[]): { text: string; spans: Span[] } {
  let text = ''
  let end = 0
  const spans = numbers.map((number): Span => {
    text += sentence.slice(end, number.start)
    const start = text.length
    text += number.written
    end = number.end
    return { start, end: text.length, kind: 'copy' }
  })
  return { text: text + sentence.slice(end), spans }
}
