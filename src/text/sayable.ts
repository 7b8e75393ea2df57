import type { Tokenizer } from './tokenizer.ts'

/** No text has this character, and no vocabulary. */
const UNKNOWN = '\u{10fffd}'
const BYTE = /^<0x[0-9A-Fa-f]{2}>$/

/** A function that tells whether a tokenizer has a character in its vocabulary: not as unknown, and not byte by byte. */
export function sayable(tokenizer: Tokenizer): (character: string) => boolean {
  const idsOf = (character: string) => tokenizer.encode(character, { special: false })
  const last = idsOf(UNKNOWN).at(-1)
  return (character) => !idsOf(character).some((id) => id === last || BYTE.test(tokenizer.sourcePiece(id)))
}
