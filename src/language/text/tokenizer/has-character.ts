import type { Tokenizer } from './tokenizer.ts'

/** A private character that occurs in no text and no vocabulary. */
const UNKNOWN = '\u{10fffd}'
const BYTE = /^<0x[0-9A-Fa-f]{2}>$/

/** Frequent letters of many scripts. */
const LETTERS = [...'aeовاלनতกあ的이']

/**
 * A function that tells whether a tokenizer has a character in its vocabulary: not as unknown, and not byte by byte.
 * For a tokenizer of whole words, which rarely has single letters, it returns true for all characters.
 */
export function characterTest(tokenizer: Tokenizer): (character: string) => boolean {
  const idsOf = (character: string) => tokenizer.encode(character, { special: false })
  let unknown: number | undefined
  const isKnown = (character: string) =>
    !idsOf(character).some((id) => id === unknown || BYTE.test(tokenizer.sourcePiece(id)))
  let isOfCharacters: boolean | undefined
  return (character) => {
    if (isOfCharacters === undefined) {
      unknown = idsOf(UNKNOWN).at(-1)
      isOfCharacters = LETTERS.some(isKnown)
    }
    return !isOfCharacters || isKnown(character)
  }
}
