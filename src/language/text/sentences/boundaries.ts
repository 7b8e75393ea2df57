import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { abbreviationsOf } from './abbreviations.ts'

/** The number of characters before a boundary that `beginsAt` reads. */
export const SEEN = 16

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
export function beginsAt(previous: string, next: string, locale: string): number | null {
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
