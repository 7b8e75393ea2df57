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
