import { onFirstUse } from '../../../base/limits.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'

/** A letter, a mark or a digit of a script with spaces between words. */
const SPACED = lazyPattern(
  String.raw`(?!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar})[\p{L}\p{M}\p{N}]`,
  'u',
)

/** A word, or one character of a script without spaces between words, at the pattern's `lastIndex`. */
export const wordOrCharacter = onFirstUse(() => new RegExp(`(?:${SPACED().source})+|.`, 'suy'))

/** Whether a word continues across two characters; either may be empty at the ends of a text. */
export const isWithinWord = (before: string, after: string): boolean => SPACED().test(before) && SPACED().test(after)

/** The character that ends before `index`, and the character that begins there; '' at the ends of the text. */
export const characterBefore = (text: string, index: number): string =>
  index === 0 ? '' : String.fromCodePoint(text.codePointAt(index - (isLow(text, index - 1) ? 2 : 1)) ?? 0)
export const characterAt = (text: string, index: number): string =>
  // biome-ignore lint/style/noNonNullAssertion: the place is within the text
  index >= text.length ? '' : String.fromCodePoint(text.codePointAt(index)!)

/** Whether a part of a text consists of whole words: no word continues beyond its ends. */
export const isWhole = (text: string, start: number, end: number): boolean =>
  !isWithinWord(characterBefore(text, start), characterAt(text, start)) &&
  !isWithinWord(characterBefore(text, end), characterAt(text, end))

function isLow(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return index > 0 && code >= 0xdc00 && code < 0xe000
}
