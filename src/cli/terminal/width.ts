const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** What takes two columns: East Asian wide characters and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u
const invisible = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u

/** The characters of a text as people see them. */
export const charactersOf = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment)

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of charactersOf(text)) width += invisible.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** A text with what moves a terminal's cursor, or turns the order of letters round, taken out. */
export const harmless = (text: string): string =>
  text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '·')

/** A text in just so many columns: cut with an ellipsis, or with spaces behind it. */
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
