import { GlassformerError } from '../../base/errors.ts'
import { firstBadByte } from './utf8.ts'

/**
 * The encodings in which documents are read: UTF-8, UTF-16, and Windows' Latin-1, which is meant by all names of Latin-1
 * (https://encoding.spec.whatwg.org/#names-and-labels).
 */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/**
 * The encodings read besides UTF-8 and a text with a byte order mark. 'declared': HTML and XML, which name their encoding.
 * 'plain': a text of a format in which Latin-1 and UTF-16 are usual, as subtitles.
 */
export type Guess = 'none' | 'declared' | 'plain'

/** The text of a document, with its byte order mark. @throws GlassformerError ERR_INPUT */
export function decodedText(bytes: Uint8Array, guess: Guess = 'none'): { text: string; encoding: TextEncoding } {
  const encoding = encodingOf(bytes, guess)
  if (encoding === 'windows-1252') return { text: latinText(bytes), encoding }
  try {
    return { text: new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes), encoding }
  } catch (cause) {
    if (encoding === 'utf-8' && guess === 'plain') return { text: latinText(bytes), encoding: 'windows-1252' }
    const what =
      encoding === 'utf-8' ? `byte ${firstBadByte(bytes)} is not UTF-8` : `the text is not ${encoding.toUpperCase()}`
    throw new GlassformerError('ERR_INPUT', `${what}; save the document as UTF-8`, { cause })
  }
}

function encodingOf(bytes: Uint8Array, guess: Guess): TextEncoding {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (guess === 'none') return 'utf-8'
  // The first two characters of a document are ASCII in almost all languages.
  const isZero = [0, 1, 2, 3].map((i) => bytes[i] === 0).join()
  if (isZero === 'false,true,false,true') return 'utf-16le'
  if (isZero === 'true,false,true,false') return 'utf-16be'
  if (guess === 'plain' || !LATIN.test(declaredIn(bytes))) return 'utf-8'
  // Many a page says Latin-1 and is UTF-8: letters beyond ASCII that are valid UTF-8 are nothing else.
  const isUtf8 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).some((byte) => byte > 0x7f) && isValid(bytes)
  return isUtf8 ? 'utf-8' : 'windows-1252'
}

const LATIN = /^(?:iso[-_]?8859-?1|latin-?1|l1|windows-1252|cp-?1252|us-ascii|ascii)$/i

/** The encoding that the beginning of HTML or XML names. */
function declaredIn(bytes: Uint8Array): string {
  const begin = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  return /(?:<\?xml[^>]*?\sencoding|<meta[^>]*?charset)\s*=\s*["']?\s*([\w.:-]+)/i.exec(begin)?.[1] ?? ''
}

function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** The characters of the bytes 80 to 9f; the five that have none are control characters. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

const latinText = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (unit) => HIGH[unit.charCodeAt(0) - 0x80])

/**
 * The bytes of a text, in the encoding of the document that it translates. `escaped` spells a character that Latin-1
 * does not have in the syntax of the document; without it such a text becomes UTF-8 with a byte order mark.
 */
export function encodedText(
  text: string,
  encoding: TextEncoding,
  escaped: ((character: string) => string) | null = null,
): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'windows-1252') {
    const written = escaped ? text.replace(NOT_LATIN, escaped) : text
    if (new RegExp(NOT_LATIN.source, 'u').test(written)) return Buffer.from(`\ufeff${written}`)
    const units = written.replace(HIGH_CHARACTERS, (character) => String.fromCharCode(0x80 + HIGH.indexOf(character)))
    return Buffer.from(units, 'latin1')
  }
  const bytes = Buffer.from(text, 'utf16le')
  return encoding === 'utf-16be' ? bytes.swap16() : bytes
}

const HIGH_CHARACTERS = new RegExp(`[${HIGH}]`, 'g')
/** Characters that Windows' Latin-1 does not have. */
const NOT_LATIN = new RegExp(`[^\\0-\\x7f\\xa0-\\xff${HIGH}]`, 'gu')
