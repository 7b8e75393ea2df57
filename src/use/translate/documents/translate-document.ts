import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_PACKAGE } from '../../../base/limits.ts'
import { whole } from '../../../base/values/number-text.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import { decodedText, encodedText } from '../../../formats/disk/text-encoding.ts'
import {
  checkBytes,
  type DocumentFormat,
  documentFormats,
  escapeOf,
  guessOf,
  isPackage,
  type PackageFormat,
} from '../../../language/markup/document/formats.ts'
import type { SaidLanguages } from '../../../language/markup/document/said-languages.ts'
import type { MarkedText } from '../../../language/protect/span.ts'
import type { Scheduling } from '../../../workers/requests/scheduling.ts'
import { indexIn } from '../../../workers/requests/submit.ts'
import type { ResolvedDocument } from '../options/resolve-call.ts'
import type { ReadDocument } from '../parsing/read-document.ts'
import { addFinding, addRead, type CutText, type DocumentReport, newReport } from '../translation/document-report.ts'
import type { Source, Translation } from '../translation/translation.ts'
import { checkTexts } from './document-checks.ts'
import { atLine } from './document-error.ts'
import { translateShorter } from './shorter-texts.ts'
import { translatePackage } from './translate-package.ts'

/** The translation of a document. */
export interface DocumentWork extends Omit<ResolvedDocument, 'direction'> {
  format: DocumentFormat
  /** Whether the target language is written from right to left. */
  isTurned: boolean
  /** The languages of the translation, which the document then says. */
  languages?: SaidLanguages
  scheduling: Partial<Scheduling>
  read: ReadDocument
  translate(texts: readonly Source[]): Promise<Translation[]>
  /** Whether a sentence that is too long for the model is refused, and not cut. */
  isWhole: boolean
  /** Is told at the end what became of the texts. */
  report?(report: DocumentReport): void
}

/** Translates a document. @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_OPTION, and as `translate` */
export async function translateDocument(bytes: Uint8Array, work: DocumentWork): Promise<Uint8Array> {
  const { format, retranslate, columns, attributes, languages, scheduling, read } = work
  if (!documentFormats.includes(format))
    throw new GlassformerError('ERR_OPTION', `option 'format' must be one of ${documentFormats.join(', ')}`)
  if (!isArrayOf(Uint8Array, bytes)) throw new GlassformerError('ERR_INPUT', 'a document must be bytes: a Uint8Array')
  checkBytes(bytes)
  const report = newReport()
  if (isPackage(format)) {
    const translated = await packageOf(bytes, format, work, report)
    work.report?.(report)
    return translated
  }
  const { text, encoding } = decodedText(bytes, guessOf(format))
  const document = await read(text, { format, retranslate, columns, attributes, languages }, scheduling)
  addRead(report, document)
  const translations = await translatedTexts(document.texts, work, (cut) => report.cut.push(cut)).catch(
    (error: unknown) => {
      throw error instanceof GlassformerError ? atLine(error, [document], document.texts.length) : error
    },
  )
  if (work.report) await checkTexts({ ...document, translations }, languages, (finding) => addFinding(report, finding))
  work.report?.(report)
  return encodedText(await document.translated(translations.map(placed)), encoding, escapeOf(format))
}

const translatedTexts = (texts: readonly Source[], work: DocumentWork, cut: (text: CutText) => void) => {
  const translate = (some: readonly Source[]) => work.translate(some)
  return work.isWhole ? translate(texts) : translateShorter(texts, translate, cut)
}

const placed = ({ text, spans = [] }: Translation) => ({ text, spans })

async function packageOf(
  bytes: Uint8Array,
  format: PackageFormat,
  work: DocumentWork,
  report: DocumentReport,
): Promise<Uint8Array> {
  const { properties, isTurned, attributes, languages, scheduling, read } = work
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
    attributes,
    languages,
    isReported: work.report !== undefined,
    sink: (part) => output.append(part),
    async open(source, part) {
      const document = await read(source, { format: 'xml', retranslate: false, part }, scheduling)
      addRead(report, document)
      return document
    },
    translate: async (texts, part) => {
      const cut = (text: CutText) => report.cut.push({ ...text, part })
      const translations = await translatedTexts(texts, work, cut).catch((error) => throwIn(part, texts, error))
      if (work.report)
        await checkTexts({ texts, translations, part }, languages, (finding) => addFinding(report, finding))
      return translations.map(placed)
    },
  })
  return output.bytes
}

/** Throws an error about a text with its part of the package, and the beginning of its paragraph. */
function throwIn(part: string, texts: readonly MarkedText[], error: unknown): never {
  const index = error instanceof GlassformerError ? (texts.length === 1 ? 0 : indexIn(error)) : null
  if (!(error instanceof GlassformerError) || index === null || !/^ERR_INPUT/.test(error.code)) throw error
  const begins = texts[index].text.slice(0, 40)
  const said = error.message.replace(/^source \d+: /, '')
  throw new GlassformerError(error.code, `${part}, paragraph ${index + 1} (“${begins}…”): ${said}`, { cause: error })
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
