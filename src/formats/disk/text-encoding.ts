import { GlassformerError } from '../../base/errors.ts'
import { firstBadByte } from './utf8.ts'

/** The encodings in which documents are read: UTF-8, and UTF-16 with a byte order mark. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** The text of a document, with its byte order mark. @throws GlassformerError ERR_INPUT */
export function decodedText(bytes: Uint8Array): { text: string; encoding: TextEncoding } {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return { text: new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes), encoding }
  } catch (cause) {
    const what =
      encoding === 'utf-8' ? `byte ${firstBadByte(bytes)} is not UTF-8` : `the text is not ${encoding.toUpperCase()}`
    throw new GlassformerError('ERR_INPUT', `${what}; save the document as UTF-8`, { cause })
  }
}

/** The bytes of a text, in the encoding of the document that it translates. */
export function encodedText(text: string, encoding: TextEncoding): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text)
  const bytes = Buffer.from(text, 'utf16le')
  return encoding === 'utf-16be' ? bytes.swap16() : bytes
}
