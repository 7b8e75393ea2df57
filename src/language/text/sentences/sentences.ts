import { GlassformerError } from '../../../base/errors.ts'
import { lastOf } from '../../../base/present.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { abbreviationsOf } from './abbreviations.ts'
import { type SplitText, splitLines } from './lines.ts'
import { leadingSpaces, trailingSpaces } from './spaces.ts'

/** The number of characters before a boundary that `beginsAt` reads. */
const SEEN = 16

/** Languages that write ordinal numbers with a full stop: “am 3. Oktober”. */
const ORDINALS = new Set('bs cs da de et fi fo hr hu is lb lt lv nb nn no pl sk sl sr'.split(' '))

/** A word followed by a full stop, with the abbreviations before it: “p. ex.”, “av. J.-C.”, “z.B.” */
const ABBREVIATION = lazyPattern(String.raw`(?:^|[^\p{L}\p{N}])((?:\p{L}+(?:\.[\s-]?|-))*\p{L}+)\.$`, 'u')
/** “J. K. Rowling”, “U.S. President”, “av. J.-C.” */
const INITIAL = lazyPattern(String.raw`(?:^|[^\p{L}\p{N}])\p{Lu}\.$`, 'u')
/** “1. Introduction”, “(b) And” */
const ENUMERATOR = lazyPattern(String.raw`^[([]?(?:\p{Nd}{1,3}|\p{L})[.)]$`, 'u')
const ORDINAL = lazyPattern(String.raw`(?:^|[^\p{L}\p{N}.,])\p{Nd}{1,2}\.$`, 'u')
/**
 * Quotation marks and brackets that close the text before the boundary: white space, punctuation or nothing follows
 * them.
 */
const CLOSING = lazyPattern(String.raw`^(?:[»”“’"')\]}›](?=[\s\p{P}]|$)\s*)+`, 'u')
const CLOSED = /[»”’"')\]}›]$/u
/** The characters that continue a sentence after a quotation: “« Viens ! » dit-il.” */
const GOES_ON = lazyPattern(String.raw`^(?:\p{Ll}|[,;:.!?…])`, 'u')
const SPEAKS = lazyPattern(String.raw`[\p{L}\p{N}]`, 'u')

/**
 * The beginning of the next sentence in `next`: 0, or the position after the characters that still close the sentence
 * before. Null where UAX 29 has a boundary and this splitter does not. `previous` is the last SEEN characters before
 * the boundary, or the whole sentence. Neither text has white space at its ends.
 */
function beginsAt(previous: string, next: string, locale: string): number | null {
  if (isOpen(previous, next, locale) || !SPEAKS().test(next)) return null
  const closing = CLOSING().exec(next)?.[0].length ?? 0
  const isQuotation = closing > 0 || CLOSED.test(previous)
  return isQuotation && GOES_ON().test(next.slice(closing)) ? null : closing
}

/** Whether the full stop before the boundary belongs to an abbreviation and does not end the sentence. */
function isOpen(previous: string, next: string, locale: string): boolean {
  if (ENUMERATOR().test(previous)) return true
  const { titles, beforeNumbers, mayEnd, starters } = abbreviationsOf(locale)
  const isStarter = () => starters.has(FIRST_WORD().exec(next)?.[1] ?? '')
  const [, begun] = BEGUN().exec(next) ?? []
  const isWithin = (word: string) => begun !== undefined && [titles, mayEnd].some((all) => all.has(`${word}.${begun}`))
  for (const word of endings(ABBREVIATION().exec(previous)?.[1])) {
    if (titles.has(word) || isWithin(word)) return true
    if (isBeforeNumber(word, beforeNumbers) && NUMBER().test(next)) return true
    if (mayEnd.has(word)) return !isStarter()
  }
  if (INITIAL().test(previous)) return !isStarter()
  return ORDINALS.has(locale.split('-')[0]) && ORDINAL().test(previous) && !isStarter()
}

/** The word before a full stop, with and without the abbreviations before it: “p.ex”, “ex”. The longest comes first. */
function endings(found: string | undefined): string[] {
  if (found === undefined) return []
  const parts = found.replace(/\s+/g, '').split(/(?<=[.])/)
  return parts.map((_, i) => parts.slice(i).join(''))
}

/** “Hauptstr. 5” counts as “Str. 5”. */
const isBeforeNumber = (word: string, beforeNumbers: ReadonlySet<string>) =>
  beforeNumbers.has(word) || (word.endsWith('str') && beforeNumbers.has('Str'))

/** The last word of an abbreviation of two: the B of “z. B.” */
const BEGUN = lazyPattern(String.raw`^(\p{L}+)\.`, 'u')
const NUMBER = lazyPattern(String.raw`^(?:\p{Nd}|[IVXLC]{2,}(?!\p{L}))`, 'u')
const FIRST_WORD = lazyPattern(String.raw`^[^\p{L}\p{N}]*(\p{L}+)(?![.\p{L}])`, 'u')

/** The number of UTF-16 units that are segmented at once, because V8's time is quadratic in the length of a text. */
const WINDOW = 1024

/**
 * The number of units after a sentence that decide whether it ends: the à decides whether a sentence ends at “p. ” in
 * “p. 12 à”.
 */
const LOOKAHEAD = 128

const segmenters = new Map<string, Intl.Segmenter>()

/**
 * Splits a text into sentences, by the rules of Unicode (UAX 29) in the JavaScript engine for `locale`, a BCP 47 tag
 * ('en' by default and where the engine does not know it; the rules hardly depend on it), and by `beginsAt`, which
 * handles titles, initials and quotations. Line ends always end a sentence.
 *
 * Nothing is lost: joinSentences returns the text again. Throws ERR_OPTION for a `locale` that is not a BCP 47 tag.
 */
export function splitSentences(text: string, locale = 'en'): SplitText {
  checkLocale(locale)
  const lines = splitLines(text)
  const sentences: string[] = []
  const spaces: string[] = []
  lines.sentences.forEach((line, k) => {
    let space = lines.spaces[k]
    let begin = 0 // the beginning of the sentence
    let end = 0 // its end, without the white space after it
    let at = 0
    const take = () => {
      sentences.push(line.slice(begin, end))
      spaces.push(space)
    }
    for (const segment of isOneSentence(line) ? [line] : segmentsOf(line, segmenterOf(locale))) {
      const next = at + leadingSpaces(segment)
      const stop = at + segment.length - trailingSpaces(segment)
      at += segment.length
      if (stop <= next) continue // the segment is white space
      const before = line.slice(Math.max(begin, end - SEEN), end)
      const closing = end === 0 ? null : beginsAt(before, line.slice(next, stop), locale)
      if (closing !== null) {
        if (closing > 0) end = next + closing - trailingSpaces(line.slice(next, next + closing))
        take()
        space = line.slice(end, next + closing)
        begin = next + closing
      }
      end = stop
    }
    take()
  })
  spaces.push(lastOf(lines.spaces))
  return { sentences, spaces }
}

/** Joins sentences, or their translations, with the spaces between them. */
export function joinSentences(sentences: readonly string[], spaces: readonly string[]): string {
  if (spaces.length !== sentences.length + 1)
    throw new GlassformerError(
      'ERR_INPUT',
      `${sentences.length} sentences do not fit between ${spaces.length} spaces; there must be one more space than sentences`,
    )
  return spaces.map((space, k) => (k === 0 ? space : sentences[k - 1] + space)).join('')
}

/**
 * The segments of a text. Segments near the end of a window may continue after it, and are segmented again in the next
 * window.
 */
function* segmentsOf(text: string, segmenter: Intl.Segmenter): Generator<string> {
  let size = WINDOW
  for (let at = 0; at < text.length; ) {
    const window = text.slice(at, at + size)
    const certain = at + size < text.length ? size - LOOKAHEAD : window.length
    let end = 0
    for (const { segment } of segmenter.segment(window)) {
      if (end + segment.length > certain) break
      end += segment.length
      yield segment
    }
    at += end
    size = end > 0 ? WINDOW : 2 * size
  }
}

/** Marks that may end a sentence in Latin script (in Greek, ';' does), and those of all other scripts. */
const MAY_END = /[.!?;\u0370-\u200f\u2024-\uffff]/
/** Neither a letter nor a digit: not the beginning of a sentence. */
const SILENT = /^[.!?…»”’"')\]\s]*$/

/**
 * Whether no letter or digit follows the first possible end. The segmenter would also find one sentence, but takes 12
 * ms to create.
 */
function isOneSentence(line: string): boolean {
  const end = line.search(MAY_END)
  return end < 0 || SILENT.test(line.slice(end))
}

function checkLocale(locale: string): void {
  try {
    Intl.getCanonicalLocales(locale)
  } catch (cause) {
    throw new GlassformerError(
      'ERR_OPTION',
      `locale: ${JSON.stringify(locale)} is not a BCP 47 language tag like "fr"`,
      { cause },
    )
  }
}

function segmenterOf(locale: string): Intl.Segmenter {
  let segmenter = segmenters.get(locale)
  // Without 'en' as the second locale, a language that the engine does not know ('romance') would be replaced by the
  // machine's language.
  segmenter ??= new Intl.Segmenter([locale, 'en'], { granularity: 'sentence' })
  segmenters.set(locale, segmenter)
  return segmenter
}
