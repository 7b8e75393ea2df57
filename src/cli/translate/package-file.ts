import type { GlassformerError } from '../../base/errors.ts'
import { LARGEST_PACKAGE } from '../../base/limits.ts'
import { isTurned, saidLanguages } from '../../files/folders/layout/language-pair.ts'
import { openDiskFile } from '../../formats/disk/disk-file.ts'
import { tooLarge } from '../../formats/disk/file-limit.ts'
import type { OpenFile } from '../../formats/disk/folder.ts'
import type { Document } from '../../language/markup/document/document.ts'
import { checkBytes, type PackageFormat } from '../../language/markup/document/formats.ts'
import { parseDocument } from '../../language/markup/parse.ts'
import { isFailure, translateEach } from '../../use/translate/calls/index.ts'
import { checkTexts } from '../../use/translate/documents/document-checks.ts'
import { translatePackage } from '../../use/translate/documents/translate-package.ts'
import { opened } from '../../use/translate/parsing/index.ts'
import type { CutSentence, DocumentFinding } from '../../use/translate/translation/document-report.ts'
import { type DocumentJob, type DocumentRun, placed } from './document-job.ts'

/** Callbacks while a package is translated. */
export interface PackageTold {
  /** Called with a fragment of a part that has been read. */
  read(document: Document): void
  /** Called for a text of a part that the model cannot take. */
  failText(part: string, error: GlassformerError): void
  /** Called for a sentence that was too long and was translated in parts. */
  cut(sentence: CutSentence): void
  /** Whether formulas and translations are checked. */
  isReported: boolean
  /** Called with what is perhaps wrong in translations. */
  found(finding: DocumentFinding): void
  /** Called with the number of texts that have been translated. */
  translated(count: number): void
}

/**
 * Translates an office document or a book, which is read and written part by part.
 * @throws GlassformerError ERR_FILE, ERR_INPUT, ERR_INPUT_TOO_LONG
 */
export async function translatePackageFile(
  job: DocumentJob,
  format: PackageFormat,
  { translator, options }: DocumentRun,
  told: PackageTold,
): Promise<void> {
  const file = job.path === undefined ? inMemory(job.name, await job.read()) : openDiskFile(job.path)
  const { properties = false, attributes = true } = options
  const languages = saidLanguages(translator.model.path, options)
  try {
    if (file.size > LARGEST_PACKAGE)
      throw tooLarge(job.name, { what: 'a document', most: LARGEST_PACKAGE, code: 'ERR_INPUT' })
    checkBegin(file)
    const output = job.open()
    try {
      await translatePackage({
        file,
        format,
        properties,
        isTurned: isTurned(translator.model.path, options),
        languages,
        attributes,
        isReported: told.isReported,
        sink: (bytes) => output.write(bytes),
        async open(source, part) {
          const document = await parseDocument(source, { format: 'xml', retranslate: false, part })
          told.read(document)
          return opened(document)
        },
        async translate(texts, part) {
          const outcomes = await translateEach(texts, translator, options, (text) => told.cut({ ...text, part }))
          for (const outcome of outcomes) if (isFailure(outcome)) told.failText(part, outcome)
          told.translated(outcomes.length)
          const translations = outcomes.map((each) => (isFailure(each) ? null : each))
          if (told.isReported) await checkTexts({ texts, translations, part }, languages, told.found)
          return outcomes.map(placed)
        },
      })
      output.end()
    } finally {
      output.abandon()
    }
  } finally {
    file.close()
  }
}

/** @throws GlassformerError ERR_INPUT for an older format, or a PDF */
function checkBegin(file: OpenFile): void {
  const begin = new Uint8Array(Math.min(8, file.size))
  file.read(begin, 0)
  checkBytes(begin)
}

const inMemory = (path: string, bytes: Uint8Array): OpenFile => ({
  path,
  size: bytes.length,
  read: ({ buffer, byteOffset, byteLength }, position) =>
    new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(position, position + byteLength)),
  close() {},
})
