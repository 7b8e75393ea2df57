import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_PACKAGE } from '../../../base/limits.ts'
import { whole } from '../../../base/number-text.ts'
import { decodedText, encodedText } from '../../../files/formats/disk/text-encoding.ts'
import {
  checkBytes,
  type DocumentFormat,
  documentFormats,
  isPackage,
  type PackageFormat,
} from '../../../language/markup/formats.ts'
import { translatePackage } from '../packages/translate-package.ts'
import type { ReadDocument } from '../parsing/read-document.ts'
import type { Source, Translation } from '../translation.ts'
import { translateDocuments } from './documents.ts'
import type { ResolvedCall } from './resolve-translate-options.ts'

/** What a translator does for a document. */
export interface DocumentCalls {
  isTurned: boolean
  read: ReadDocument
  translate(texts: readonly Source[]): Promise<Translation[]>
}

/** Translates a document. @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_OPTION, and as `translate` */
export async function translateDocument(
  bytes: Uint8Array,
  format: DocumentFormat,
  resolved: ResolvedCall,
  calls: DocumentCalls,
): Promise<Uint8Array> {
  if (!documentFormats.includes(format))
    throw new GlassformerError('ERR_OPTION', `option 'format' must be one of ${documentFormats.join(', ')}`)
  if (!(bytes instanceof Uint8Array)) throw new GlassformerError('ERR_INPUT', 'a document must be bytes: a Uint8Array')
  if (resolved.generation.alternatives > 1)
    throw new GlassformerError('ERR_OPTION', `option 'alternatives': a document in ${format} has one translation`)
  checkBytes(bytes)
  if (isPackage(format)) return packageOf(bytes, format, resolved, calls)
  const { text, encoding } = decodedText(bytes)
  if (format !== 'text') {
    const [{ text: translated }] = await translateDocuments([text], resolved, calls.read, calls.translate)
    return encodedText(translated, encoding)
  }
  const { retranslate, columns } = resolved.document
  const document = await calls.read(text, { format, retranslate, columns }, resolved.scheduling)
  const translations = await calls.translate(document.texts)
  return encodedText(await document.translated(translations.map(({ text }) => ({ text, spans: [] }))), encoding)
}

async function packageOf(
  bytes: Uint8Array,
  format: PackageFormat,
  { document: { properties }, scheduling }: ResolvedCall,
  { isTurned, read, translate }: DocumentCalls,
): Promise<Uint8Array> {
  if (bytes.length > LARGEST_PACKAGE)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `a document may have ${whole(LARGEST_PACKAGE)} bytes, not ${whole(bytes.length)}`,
    )
  const output = new GrowingBytes(bytes.length + (1 << 16))
  await translatePackage({
    file: {
      path: `a document in ${format}`,
      size: bytes.length,
      read: ({ buffer, byteOffset, byteLength }, position) =>
        new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(position, position + byteLength)),
    },
    ...{ format, properties, isTurned },
    sink: (part) => output.append(part),
    open: (source, part) => read(source, { format: 'xml', retranslate: false, part }, scheduling),
    translate: async (texts) => (await translate(texts)).map(({ text, spans = [] }) => ({ text, spans })),
  })
  return output.bytes
}

/** Bytes that grow at their end. */
class GrowingBytes {
  #bytes: Uint8Array
  #length = 0

  constructor(expected: number) {
    this.#bytes = new Uint8Array(expected)
  }

  append(part: Uint8Array): void {
    const length = this.#length + part.length
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(length + (length >> 3))
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#bytes.set(part, this.#length)
    this.#length = length
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
