import { utf8Of } from '../../../base/bytes.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'

/**
 * The characters that represent bytes in byte-level vocabularies (Radford et al. 2019): printable characters represent
 * themselves, others start at U+0100.
 */
const characters: readonly string[] = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff)
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++))
})()

const byteOf = new Map(characters.map((character, byte) => [character, byte]))

/**
 * Words, numbers and other signs, each with the space before it; white space before a word leaves its last space to the
 * word.
 */
const WORDS = lazyPattern(
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+`,
  'gu',
)

/** Splits a text into words as GPT-2 does. */
export const byteLevelWords = (text: string): string[] => text.match(WORDS()) ?? []

/** A text with a character for each byte of its UTF-8. */
export function inByteCharacters(text: string): string {
  let written = ''
  for (const byte of utf8Of(text)) written += characters[byte]
  return written
}

/** The text of tokens written by `inByteCharacters`. A token with any other character is copied unchanged. */
export function fromByteCharacters(tokens: readonly string[]): string {
  const bytes: number[] = []
  for (const token of tokens) {
    const own = Array.from(token, (character) => byteOf.get(character))
    if (own.every((byte) => byte !== undefined)) for (const byte of own) bytes.push(byte)
    else for (const byte of utf8Of(token)) bytes.push(byte)
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))
}
