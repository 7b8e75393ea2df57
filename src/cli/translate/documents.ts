import { GlassformerError } from '../../base/errors.ts'
import { firstBadByte } from '../../files/formats/disk/utf8.ts'
import type { Document } from '../../language/markup/document.ts'
import type { Format } from '../../language/markup/formats.ts'
import { parseDocument } from '../../language/markup/parse.ts'
import type { PoolTranslator } from '../../use/translate/calls/index.ts'
import { isFailure, type Outcome, translateEach } from '../../use/translate/calls/index.ts'
import type { TranslateOptions } from '../../use/translate/options.ts'
import { CHUNK_SIZE, sizeOf } from '../../use/translate/pool/index.ts'
import type { Source } from '../../use/translate/translation.ts'
import { inOrder } from '../lines/in-order.ts'
import { CHARACTERS_PER_WORKER } from '../lines/translate-batches.ts'
import { lineOf } from '../terminal/failure.ts'
import type { Progress } from '../terminal/progress.ts'

/** A document to be translated. */
export interface DocumentJob {
  /** The document's name in messages. */
  name: string
  format: Format
  /** Size in bytes. */
  size: number
  /** @throws GlassformerError ERR_FILE, ERR_INPUT */
  read(): Uint8Array | Promise<Uint8Array>
  /** @throws GlassformerError ERR_FILE */
  write(text: string): void | Promise<void>
}

export interface DocumentRun {
  translator: PoolTranslator
  options: TranslateOptions
  /** Whether texts that already have a translation are translated again. */
  retranslate: boolean
  workers: number
  progress: Progress
}

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
  count: number
  outcomes: Outcome[]
  /** Bytes of all documents before this one. */
  before: number
}

/**
 * Translates documents, batching texts of neighboring documents together, and returns the number of documents written.
 * A text that the model cannot take stays as it is, and a document that cannot be read, parsed or written is skipped;
 * standard error reports both, and the command fails at its end.
 */
export async function translateDocuments(
  jobs: readonly DocumentJob[],
  { translator, options, retranslate, workers, progress }: DocumentRun,
): Promise<number> {
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
      try {
        const document = await parseDocument(decoded(await job.read()), { format, retranslate })
        const all = document.texts
        yield* partsOf({ job, document, count: all.length, outcomes: [], before }, all)
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
    work: (part) => translateEach(part.texts, translator, options),
    deliver: async ({ of }, outcomes) => {
      const { job, document, count, before } = of
      for (const outcome of outcomes) {
        if (isFailure(outcome)) fail(`${job.name}: line ${document.lines[of.outcomes.length]}`, outcome)
        of.outcomes.push(outcome)
      }
      texts += outcomes.length
      progress.reached(texts, before + (count ? (job.size * of.outcomes.length) / count : job.size))
      if (of.outcomes.length < count) return
      try {
        await job.write(document.translated(of.outcomes.map(placed)))
        written++
      } catch (error) {
        fail(job.name, error)
      }
    },
  })
  return written
}

const placed = (outcome: Outcome) => (isFailure(outcome) ? null : { text: outcome.text, spans: outcome.spans ?? [] })

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

/** The text of a document, with its byte order mark. @throws GlassformerError ERR_INPUT */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new GlassformerError('ERR_INPUT', `byte ${firstBadByte(bytes)} is not UTF-8; save the document as UTF-8`, {
      cause,
    })
  }
}
