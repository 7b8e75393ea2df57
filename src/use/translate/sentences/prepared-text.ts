import { present } from '../../../base/present.ts'
import { type FoundSpan, foundSpans, joined, mayHaveSpans, type Protection } from '../../../language/protect/found.ts'
import type { ProtectedSentence } from '../../../language/protect/protected-sentence.ts'
import { ProtectedText } from '../../../language/protect/protected-text.ts'
import type { MarkedText, PlacedSpan, Span } from '../../../language/protect/span.ts'
import type { KnownCharacters } from '../../../language/protect/unknown.ts'
import { type NumberLanguages, type WrittenNumber, writtenNumbers } from '../../../language/protect/written-numbers.ts'
import type { Casing } from '../../../language/text/sentences/case.ts'
import type { SplitText } from '../../../language/text/sentences/lines.ts'
import { protectedSearch, type Reader } from '../searches/protected-search.ts'
import { plainSearch, type SentenceSearch, type SentenceTranslation } from '../searches/sentence-search.ts'
import { groupsOf, joinedGroups, type Packing } from './passages.ts'
import type { Group, PreparedSentence, PreparedText } from './prepared-sentence.ts'

/**
 * Search for a sentence with numbers. It is first translated as it is; if the best translation lacks one of the
 * numbers, it is translated again with stand-ins that the model copies, and the numbers take their places as the target
 * language writes them.
 */
function* numberSearch(
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

/**
 * Search for a sentence with protected parts, whose numbers are not searched for again: those that a translation has
 * with other marks get those of the target language.
 */
function* remarkedSearch(
  search: SentenceSearch,
  numbers: readonly WrittenNumber[],
  copied: readonly Span[],
): SentenceSearch {
  const isCopied = ({ source }: PlacedSpan) =>
    copied.some(({ start, end }) => source.start === start && source.end === end)
  const translations = yield* search
  return translations
    .map((each) => numbers.filter(isLost(each.text, numbers)).reduce(remarked, each))
    .map((each) => (copied.length ? { ...each, spans: each.spans.filter((span) => !isCopied(span)) } : each))
}

function remarked(translation: SentenceTranslation, { digits, written }: WrittenNumber): SentenceTranslation {
  const { text, spans } = translation
  const isFree = (start: number, end: number) => !spans.some((span) => span.start < end && start < span.end)
  const found =
    digits && Array.from(text.matchAll(digits)).find(({ 0: run, index }) => isFree(index, index + run.length))
  if (!found) return translation
  const end = found.index + found[0].length
  const by = written.length - found[0].length
  const moved = (span: PlacedSpan) =>
    span.start < end ? span : { ...span, start: span.start + by, end: span.end + by }
  return { ...translation, text: text.slice(0, found.index) + written + text.slice(end), spans: spans.map(moved) }
}

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

/** Parts of a model that prepare texts. */
export interface Preparing {
  /** The protected parts. */
  protection: Protection
  /** The characters that the model can read; null if unknown characters are left to it. */
  known: KnownCharacters | null
  /** The numbers of the text that are copied, which no result names as protected parts. */
  copied?: readonly Span[]
  /** The languages of a translation that must have the numbers of its sentence; null if it need not. */
  checkedNumbers: NumberLanguages | null
  /** The sentences of a text. */
  split(text: string): SplitText
  /** How many sentences are read together; null where each is read alone. */
  packing: Packing | null
  /** The reading of a sentence in capitals; null for a sentence that is read as it is. */
  casing(sentence: string): Casing | null
  /**
   * The ids of a sentence, its end included.
   * @throws ERR_INPUT_TOO_LONG
   */
  encode(sentence: string): number[]
  decode(ids: readonly number[]): string
  /** The search for texts with protected parts. */
  reader(): Reader
}

/** @throws GlassformerError ERR_INPUT_TOO_LONG for a sentence that is too long for the model */
export function preparedText(marked: MarkedText, preparing: Preparing): PreparedText {
  const { text } = marked
  const { protection, known } = preparing
  const found = marked.spans.length || mayHaveSpans(text, protection) ? foundSpans(marked, protection) : NO_SPANS
  if (!known?.lacks(text)) return prepared(text, found, preparing)
  const encode = (sentence: string) => preparing.encode(known.readable(sentence))
  const reader = () => ({ ...preparing.reader(), encode })
  const numbers = copiedNumbers(text, preparing)
  const spans = joined(joined(found, numbers.spans), known.spans(known.readable(text)))
  return prepared(numbers.text, spans, { ...preparing, encode, reader, copied: numbers.spans })
}

/**
 * The numbers of a text with unknown characters, '€' for instance, which is searched for once, with stand-ins: they get
 * some too. They are as the target language writes them where that takes as many characters.
 */
function copiedNumbers(text: string, { checkedNumbers }: Preparing): { text: string; spans: Span[] } {
  const numbers = checkedNumbers ? writtenNumbers(text, checkedNumbers) : []
  return rewritten(
    text,
    numbers.filter(({ start, end, written }) => written.length === end - start),
  )
}

const prepared = (text: string, spans: readonly FoundSpan[], preparing: Preparing) =>
  spans.length ? withSpans(text, spans, preparing) : withoutSpans(text, preparing)

const NO_SPANS: FoundSpan[] = []

function withoutSpans(text: string, preparing: Preparing): PreparedText {
  const split = preparing.split(text)
  const groups = groupsOf(split, preparing.packing)
  const joined = joinedGroups(split, groups)
  return {
    sentences: split.sentences.map((sentence) => sentenceWithoutSpans(sentence, preparing)),
    around: split.spaces.map((space) => ({ text: space, spans: [] })),
    groups: groups.map((group, i) =>
      isAlone(group) ? group : { ...group, passage: sentenceWithoutSpans(joined.sentences[i], preparing) },
    ),
  }
}

const isAlone = ({ first, after }: Group) => after - first === 1

function sentenceWithoutSpans(sentence: string, preparing: Preparing): PreparedSentence {
  const casing = preparing.casing(sentence)
  if (casing === null) return { ...sentenceAsItIs(sentence, preparing), raw: sentence }
  const { search } = sentenceAsItIs(casing.read(sentence), preparing)
  return { search: casedSearch(search, casing), isPlain: false, raw: sentence }
}

function sentenceAsItIs(sentence: string, { checkedNumbers, encode, decode, reader }: Preparing): PreparedSentence {
  const numbers = checkedNumbers ? writtenNumbers(sentence, checkedNumbers) : []
  const ids = encode(sentence)
  if (!numbers.length) return { search: plainSearch(ids, decode, sentence), isPlain: true }
  return { search: numberSearch(sentence, numbers, ids, decode, reader), isPlain: false }
}

function sentenceWithSpans(
  text: string,
  sentence: ProtectedSentence,
  reader: Reader,
  preparing: Preparing,
): PreparedSentence {
  const { checkedNumbers, copied = [] } = preparing
  const { text: plain } = sentence.read(null)
  const numbers = checkedNumbers ? writtenNumbers(plain, checkedNumbers) : []
  const searched = (by: Reader) => remarkedSearch(protectedSearch(text, sentence, by), numbers, copied)
  const casing = preparing.casing(plain)
  if (casing === null) return { search: searched(reader), isPlain: false }
  const inSmall = { ...reader, encode: (read: string) => reader.encode(casing.read(read)) }
  return { search: casedSearch(searched(inSmall), casing), isPlain: false }
}

function withSpans(text: string, spans: readonly FoundSpan[], preparing: Preparing): PreparedText {
  const { split, reader } = preparing
  const whole = new ProtectedText(text, spans)
  const plain = split(whole.plain)
  const { sentences, around } = whole.sentences(plain)
  const groups = groupsOf(plain, preparing.packing)
  const joined = groups.every(isAlone) ? null : whole.sentences(joinedGroups(plain, groups))
  const model = reader()
  const prepared = (sentence: ProtectedSentence) =>
    sentence.items.length
      ? sentenceWithSpans(text, sentence, model, preparing)
      : sentenceWithoutSpans(sentence.text, preparing)
  // Tags around a passage and around its sentences may be divided otherwise; such sentences are read alone.
  const isAround = (place: number, sentence: number) => present(joined).around[place].text === around[sentence].text
  return {
    sentences: sentences.map(prepared),
    around,
    groups: groups.flatMap((group, i): Group[] => {
      const { first, after } = group
      if (!joined || isAlone(group)) return [group]
      if (isAround(i, first) && isAround(i + 1, after)) return [{ ...group, passage: prepared(joined.sentences[i]) }]
      return Array.from({ length: after - first }, (_, k) => ({ first: first + k, after: first + k + 1 }))
    }),
  }
}

/**
 * Search for a sentence in capitals, or a title. The model reads it in lower case, and its translations are written in
 * the case of the sentence.
 */
function* casedSearch(search: SentenceSearch, casing: Casing): SentenceSearch {
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
