import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_PACKAGE } from '../../../base/limits.ts'
import { whole } from '../../../base/values/number-text.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import { decodedText, encodedText } from '../../../formats/disk/text-encoding.ts'
import {
  checkBytes,
  type DocumentFormat,
  documentFormats,
  isPackage,
  type PackageFormat,
} from '../../../language/markup/document/formats.ts'
import type { Scheduling } from '../../../workers/requests/scheduling.ts'
import type { ResolvedDocument } from '../options/resolve-call.ts'
import type { ReadDocument } from '../parsing/read-document.ts'
import type { Source, Translation } from '../translation/translation.ts'
import { atLine } from './document-error.ts'
import { translatePackage } from './translate-package.ts'

/** The translation of a document. */
export interface DocumentWork extends Omit<ResolvedDocument, 'direction'> {
  format: DocumentFormat
  /** Whether the target language is written from right to left. */
  isTurned: boolean
  scheduling: Partial<Scheduling>
  read: ReadDocument
  translate(texts: readonly Source[]): Promise<Translation[]>
}

/** Translates a document. @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_OPTION, and as `translate` */
export async function translateDocument(bytes: Uint8Array, work: DocumentWork): Promise<Uint8Array> {
  const { format, retranslate, columns, scheduling, read, translate } = work
  if (!documentFormats.includes(format))
    throw new GlassformerError('ERR_OPTION', `option 'format' must be one of ${documentFormats.join(', ')}`)
  if (!isArrayOf(Uint8Array, bytes)) throw new GlassformerError('ERR_INPUT', 'a document must be bytes: a Uint8Array')
  checkBytes(bytes)
  if (isPackage(format)) return packageOf(bytes, format, work)
  const { text, encoding } = decodedText(bytes)
  const document = await read(text, { format, retranslate, columns }, scheduling)
  const translations = await translate(document.texts).catch((error: unknown) => {
    throw error instanceof GlassformerError ? atLine(error, [document], document.texts.length) : error
  })
  return encodedText(await document.translated(translations.map(placed)), encoding)
}

const placed = ({ text, spans = [] }: Translation) => ({ text, spans })

async function packageOf(
  bytes: Uint8Array,
  format: PackageFormat,
  { properties, isTurned, scheduling, read, translate }: DocumentWork,
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
    format,
    properties,
    isTurned,
    sink: (part) => output.append(part),
    open: (source, part) => read(source, { format: 'xml', retranslate: false, part }, scheduling),
    translate: async (texts) => (await translate(texts)).map(placed),
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
