import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import type { DocumentReport } from '../../../use/translate/translation/document-report.ts'

/** The state of a document. */
export type DocumentStatus = 'queued' | 'translating' | 'done' | 'error'

/** A document that a client has sent, until its translation has been downloaded. */
export interface KeptDocument {
  readonly id: string
  /** Known to its sender alone. */
  readonly key: string
  /** The key or the address of its sender. */
  readonly owner: string
  /** Its file's name. */
  readonly name: string
  status: DocumentStatus
  /** Characters that have been translated. */
  characters: number
  /** Why it could not be translated. */
  error?: GlassformerError
  /** Its translation. */
  result?: Uint8Array
  /** What became of its texts, once it is translated. */
  report?: DocumentReport
}

/** Hears of the translation of a document: translated characters, and what became of its texts. */
export interface DocumentListener {
  count(characters: number): void
  report(report: DocumentReport): void
}

/** The translation of a document. @throws GlassformerError */
export type DocumentJob = (signal: AbortSignal, told: DocumentListener) => Promise<Uint8Array>

interface Held {
  document: KeptDocument
  bytes: number
  controller: AbortController
  timer: NodeJS.Timeout
  settled: Promise<void>
}

/** Documents that are translated at once: each of them keeps the model busy. */
const AT_ONCE = 2
/** Documents of one client. */
const MOST_EACH = 100
/** Milliseconds for which a document is kept. */
const KEPT = 3_600_000

/**
 * The documents of a server: they are translated one after the other, and kept in memory until they are downloaded or
 * deleted, for an hour at most.
 */
export class Documents {
  readonly #budget: number
  readonly #held = new Map<string, Held>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #bytes = 0

  /** `budget`: bytes of documents and their translations. */
  constructor(budget: number) {
    this.#budget = budget
  }

  /** The bytes that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Takes a document of so many bytes, and translates it when it is its turn.
   * @throws GlassformerError ERR_BUSY where there is no room for it
   */
  add(owner: string, name: string, bytes: number, job: DocumentJob): KeptDocument {
    const own = [...this.#held.values()].filter(({ document }) => document.owner === owner)
    if (own.length >= MOST_EACH)
      throw busy(`one client may have ${MOST_EACH} documents here: download or delete some, or ask later`)
    // A translation is about as large as its document.
    if (this.#bytes + 2 * bytes > this.#budget)
      throw busy('other documents take all the room that there is for them: ask later')
    const id = randomBytes(16).toString('hex').toUpperCase()
    const document: KeptDocument = {
      id,
      key: randomBytes(32).toString('hex').toUpperCase(),
      owner,
      name,
      status: 'queued',
      characters: 0,
    }
    const controller = new AbortController()
    const timer = setTimeout(() => this.remove(id), KEPT).unref()
    this.#bytes += 2 * bytes
    const held = { document, bytes: 2 * bytes, controller, timer }
    this.#held.set(id, { ...held, settled: this.#run(document, controller.signal, job) })
    return document
  }

  /** The document of an id, for its owner. @throws GlassformerError ERR_NOT_FOUND */
  find(id: string, owner: string): KeptDocument {
    const held = this.#held.get(id.toUpperCase())
    if (held && held.document.owner === owner) return held.document
    throw new GlassformerError(
      'ERR_NOT_FOUND',
      'there is no such document: it is downloaded once, and kept for an hour',
    )
  }

  /** Whether a document is kept. */
  has(id: string): boolean {
    return this.#held.has(id)
  }

  /** Resolves when a document has been translated, or could not be. */
  async settled(id: string): Promise<void> {
    await this.#held.get(id)?.settled
  }

  /** The translation of a document, which is removed with this. @throws GlassformerError ERR_BUSY while it is not done */
  take(document: KeptDocument): Uint8Array {
    const { status, error, result, id } = document
    if (error) throw error
    if (status !== 'done' || !result)
      throw Object.assign(new GlassformerError('ERR_BUSY', 'the document is not translated yet: ask later'), {
        statusCode: 503,
      })
    this.remove(id)
    return result
  }

  /** Removes a document, and stops its translation. */
  remove(id: string): void {
    const held = this.#held.get(id)
    if (!held) return
    this.#held.delete(id)
    this.#bytes -= held.bytes
    clearTimeout(held.timer)
    held.controller.abort(new GlassformerError('ERR_ABORTED', 'the document has been deleted'))
    held.document.result = undefined
  }

  close(): void {
    for (const id of [...this.#held.keys()]) this.remove(id)
  }

  async #run(document: KeptDocument, signal: AbortSignal, job: DocumentJob): Promise<void> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      if (signal.aborted) return
      document.status = 'translating'
      const result = await job(signal, {
        count(characters) {
          document.characters += characters
        },
        report(report) {
          document.report = report
        },
      })
      if (signal.aborted) return
      document.result = result
      document.status = 'done'
    } catch (error) {
      document.status = 'error'
      document.error =
        error instanceof GlassformerError
          ? error
          : new GlassformerError('ERR_INTERNAL', 'the server has failed at this document', { cause: error })
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}

const busy = (what: string) => Object.assign(new GlassformerError('ERR_BUSY', what), { statusCode: 429 })

/** @throws GlassformerError ERR_INPUT_TOO_LONG for a file of more bytes than a document may have */
export function checkSize(bytes: number, most: number): void {
  if (bytes > most)
    throw new GlassformerError('ERR_INPUT_TOO_LONG', `a document may have ${whole(most)} bytes, not ${whole(bytes)}`)
}

/** The most sentences and texts of a kind that a header tells. */
const MOST_TOLD = 10

/** The most characters of a text in a header, which clients read up to 16 kB. */
const LONGEST_TOLD = 40

/** The report of a document as JSON in ASCII, for a header. */
const headerOf = ({ cut, compared, checks, ...report }: DocumentReport) =>
  JSON.stringify({
    ...report,
    cut: cut.slice(0, MOST_TOLD),
    compared: compared.slice(0, MOST_TOLD).map((text) => text.slice(0, LONGEST_TOLD)),
    checks: checks.slice(0, MOST_TOLD).map(({ source, target, says, ...place }) => ({
      ...place,
      says: says.slice(0, 2 * LONGEST_TOLD),
    })),
  }).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Sends the translation of a document as a file of its name, with the report in a header. */
export function sendDocument(
  reply: FastifyReply,
  { name, report }: Pick<KeptDocument, 'name' | 'report'>,
  bytes: Uint8Array,
): FastifyReply {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  if (report) reply.header('x-document-report', headerOf(report))
  return reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
}
