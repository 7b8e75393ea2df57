const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Characters that take two columns: East Asian wide characters and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u
const invisible = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u

/** The grapheme clusters of a text. */
export const charactersOf = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment)

/** The number of terminal columns of a text. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of charactersOf(text)) width += invisible.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** A text without the characters that move a terminal's cursor or change the direction of letters. */
export const harmless = (text: string): string =>
  text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '·')

/** A text in exactly this many columns: cut with an ellipsis, or padded with spaces. */
export function fitted(text: string, columns: number): string {
  const width = widthOf(text)
  if (width <= columns) return text + ' '.repeat(columns - width)
  let kept = ''
  for (const character of charactersOf(text)) {
    if (widthOf(kept + character) > columns - 1) break
    kept += character
  }
  return `${kept}…${' '.repeat(columns - 1 - widthOf(kept))}`
}
