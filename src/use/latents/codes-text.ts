/** The first of the characters that stand for codes: ideographs, of which there are enough side by side. */
const FIRST = 0x4e00

/** Codes as text: a character for each, white space between them. A vocabulary learns each as a piece of its own. */
export const textOfCodes = (codes: readonly number[]): string =>
  codes.map((code) => String.fromCodePoint(FIRST + code)).join(' ')

/** The codes in a text, of which there are `count`; characters that stand for none are passed over. */
export const codesOfText = (text: string, count: number): number[] =>
  Array.from(text, (character) => character.codePointAt(0)! - FIRST).filter((code) => code >= 0 && code < count)
