/** The characters that mean something in Moses' files, and how they are written there. The ampersand is the first. */
const escapes = [
  ['&', '&amp;'],
  ['|', '&#124;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ["'", '&apos;'],
  ['"', '&quot;'],
  ['[', '&#91;'],
  [']', '&#93;'],
] as const

/** How earlier versions of Moses have written three of them. */
const earlier = [
  ['|', '&bar;'],
  ['[', '&bra;'],
  [']', '&ket;'],
] as const

/** A text with Moses' characters escaped. */
export const escaped = (text: string): string =>
  escapes.reduce((result, [character, name]) => result.replaceAll(character, name), text)

/** A text with its escapes resolved; `&amp;lt;` becomes `&lt;`. */
export const unescaped = (text: string): string =>
  [...earlier, ...escapes.toReversed()].reduce((result, [character, name]) => result.replaceAll(name, character), text)

/** Viramas and nuktas: they belong to letters of India's scripts, though Unicode does not call them alphabetic. */
const MARKS =
  '\u093c\u094d\u09bc\u09cd\u0a3c\u0a4d\u0abc\u0acd\u0b3c\u0b4d\u0bcd\u0c4d\u0cbc\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f39\u1039\u103a\u1714\u1734\u17d2\u1a60\u1b34\u1b44\u1baa\u1bab\u1bf2\u1bf3\u1c37'

/** Characters that stand alone in Moses' tokens, unless the text is of their language. */
const scripts: Readonly<Record<string, string>> = {
  Han: 'zh ja cjk',
  Hiragana: 'ja cjk',
  Katakana: 'ja cjk',
  Hangul: 'ko cjk',
}

/** The characters of words, as classes of regular expressions (flag v). */
export interface Letters {
  /** Letters and digits. */
  word: string
  /** Letters alone. */
  letter: string
}

/** The characters of words in texts of a language. */
export function lettersOf(language: string): Letters {
  const alone = Object.entries(scripts).filter(([, languages]) => !languages.split(' ').includes(language))
  const without = alone.map(([script]) => `\\p{Script=${script}}`).join('')
  const less = (characters: string) => `[[${characters}${MARKS}]--[${without || '\\p{Cn}'}]]`
  return { word: less('\\p{Alphabetic}\\p{Nd}'), letter: less('\\p{Alphabetic}') }
}
