import { GlassformerError } from '../../base/errors.ts'
import { saidLanguages } from '../../files/folders/layout/language-pair.ts'
import { decodedText, encodedText, type TextEncoding } from '../../formats/disk/text-encoding.ts'
import type { Document } from '../../language/markup/document/document.ts'
import { checkBytes, escapeOf, guessOf, isPackage } from '../../language/markup/document/formats.ts'
import { parseDocument } from '../../language/markup/parse.ts'
import { isFailure, type Outcome, translateEach } from '../../use/translate/calls/index.ts'
import { checkTexts } from '../../use/translate/documents/document-checks.ts'
import {
  addFinding,
  addRead,
  type CutSentence,
  type CutText,
  type DocumentFinding,
  newReport,
} from '../../use/translate/translation/document-report.ts'
import type { Source } from '../../use/translate/translation/translation.ts'
import { CHUNK_SIZE, sizeOf } from '../../workers/index.ts'
import { inOrder } from '../lines/in-order.ts'
import { CHARACTERS_PER_WORKER } from '../lines/translate-batches.ts'
import { lineOf } from '../terminal/failure.ts'
import { type DocumentJob, type DocumentRun, placed } from './document-job.ts'
import { translatePackageFile } from './package-file.ts'

/** Some texts of a document. */
interface Part {
  of: OpenDocument
  texts: Source[]
  size: number
}

/** A document whose texts are being translated. */
interface OpenDocument {
  job: DocumentJob
  document: Document
  encoding: TextEncoding
  count: number
  outcomes: Outcome[]
  cut: CutText[]
  /** Bytes of all documents before this one. */
  before: number
}

/**
 * Translates documents, batching texts of neighboring documents together, and returns the number of documents written.
 * A text that the model cannot take stays as it is, and a document that cannot be read, parsed or written is skipped;
 * standard error reports both, and the command fails at its end.
 */
export async function translateDocuments(jobs: readonly DocumentJob[], run: DocumentRun): Promise<number> {
  const { translator, options, workers, progress } = run
  const languages = saidLanguages(translator.model.path, options)
  let texts = 0
  let written = 0
  const fail = (name: string, error: unknown) => {
    if (!(error instanceof GlassformerError)) throw error
    process.exitCode = 1
    progress.say(lineOf(error, `${name}: `))
  }
  async function* parts(): AsyncGenerator<Part, void, undefined> {
    let before = 0
    for (const job of jobs) {
      const { name, format, size } = job
      if (isPackage(format)) continue
      try {
        const bytes = await job.read()
        checkBytes(bytes)
        const { text, encoding } = decodedText(bytes, guessOf(format))
        const { retranslate = false, columns, attributes } = options
        const document = await parseDocument(text, { format, retranslate, columns, attributes, languages })
        const all = document.texts
        yield* partsOf({ job, document, encoding, count: all.length, outcomes: [], cut: [], before }, all)
      } catch (error) {
        fail(name, error)
      }
      before += size
    }
  }
  await inOrder({
    batches: parts(),
    size: ({ size }) => size,
    most: workers * CHARACTERS_PER_WORKER,
    work: ({ of, texts }) => translateEach(texts, translator, options, (text) => of.cut.push(text)),
    deliver: async ({ of }, outcomes) => {
      const { job, document, count, before } = of
      for (const outcome of outcomes) {
        if (isFailure(outcome)) fail(`${job.name}: line ${document.lines[of.outcomes.length]}`, outcome)
        of.outcomes.push(outcome)
      }
      texts += outcomes.length
      progress.reached(texts, before + (count ? (job.size * of.outcomes.length) / count : job.size))
      if (of.outcomes.length < count) return
      const report = { ...newReport(), cut: of.cut, refused: of.outcomes.filter(isFailure).length }
      addRead(report, document)
      if (run.report)
        await checkTexts(
          {
            texts: document.texts,
            lines: document.lines,
            translations: of.outcomes.map((each) => (isFailure(each) ? null : each)),
          },
          languages,
          (finding) => addFinding(report, finding),
        )
      run.report?.(job.name, report)
      try {
        const output = job.open()
        await output.write(encodedText(document.translated(of.outcomes.map(placed)), of.encoding, escapeOf(job.format)))
        output.end()
        written++
      } catch (error) {
        fail(job.name, error)
      }
    },
  })
  for (const job of jobs) {
    if (!isPackage(job.format)) continue
    const report = { ...newReport(), refused: 0 }
    const failText = (part: string, error: GlassformerError) => {
      report.refused++
      fail(`${job.name}: ${part}`, error)
    }
    const told = {
      failText,
      translated: (count: number) => {
        texts += count
      },
      read: (document: Document) => addRead(report, document),
      cut: (text: CutSentence) => report.cut.push(text),
      isReported: run.report !== undefined,
      found: (finding: DocumentFinding) => addFinding(report, finding),
    }
    try {
      await translatePackageFile(job, job.format, run, told)
      run.report?.(job.name, report)
      written++
      progress.reached(texts, job.size)
    } catch (error) {
      fail(job.name, error)
    }
  }
  return written
}

/** a document without texts still makes one part */
function* partsOf(of: OpenDocument, texts: readonly Source[]): Generator<Part, void, undefined> {
  let part: Part = { of, texts: [], size: 0 }
  for (const text of texts) {
    const size = sizeOf(text)
    if (part.texts.length && part.size + size > CHUNK_SIZE) {
      yield part
      part = { of, texts: [], size: 0 }
    }
    part.texts.push(text)
    part.size += size
  }
  yield part
}
