/** The thread that parses and writes documents. It answers one question at a time. */

import { parentPort } from 'node:worker_threads'
import { present } from '../../../base/present.ts'
import type { Document } from '../../../language/markup/document/document.ts'
import { parseDocument } from '../../../language/markup/parse.ts'
import type { UnitsPart } from '../../../language/memory/tmx.ts'
import { checkSpans } from '../../../language/protect/protected-text.ts'
import type { PlacedText } from '../../../language/protect/span.ts'
import { lowerPriority } from '../../../workers/threads/lower-priority.ts'
import { toPlain } from '../../../workers/threads/messages.ts'
import { readBody } from './large-body.ts'
import { type Answer, PART, type Question, type SentDocument, type TextsPart } from './messages.ts'

/** Largest number of characters of kept documents. */
const MOST = 1 << 22

/** Parsed documents that will be written later. The oldest document is dropped first. */
class KeptDocuments {
  readonly #documents = new Map<number, { document: Document; length: number }>()
  #length = 0

  add(id: number, document: Document, length: number): void {
    this.#documents.set(id, { document, length })
    this.#length += length
    for (const oldest of this.#documents.keys()) {
      if (this.#length <= MOST) return
      this.take(oldest)
    }
  }

  /** Takes a document out; undefined if it has been dropped. */
  take(id: number): Document | undefined {
    const found = this.#documents.get(id)
    if (!found) return undefined
    this.#documents.delete(id)
    this.#length -= found.length
    return found.document
  }
}

const kept = new KeptDocuments()
let parts: Iterator<TextsPart | UnitsPart> | null = null
let translations: (PlacedText | null)[] = []

async function answerTo(question: Question): Promise<Answer> {
  if (question.kind === 'translations') {
    for (const each of question.list) translations.push(each)
    return { isTaken: true }
  }
  if (question.kind === 'body') return { body: readBody(question.json) }
  if (question.kind === 'read') {
    translations = []
    const document = await parseDocument(question.source, question.parsing)
    kept.add(question.id, document, question.source.length)
    parts = partsOf(document)
  }
  if (question.kind === 'tmx') {
    const { unitsInParts } = await import('../../../language/memory/tmx.ts')
    parts = unitsInParts(question.bytes, question.languages)
  }
  if (question.kind === 'write') return { text: await written(question) }
  return present(parts).next().value
}

async function written({ id, source, parsing }: SentDocument): Promise<string> {
  const document = kept.take(id) ?? (await parseDocument(source, parsing))
  const list = translations
  translations = []
  return document.translated(list)
}

/** The texts of a document, in parts. @throws GlassformerError ERR_INPUT_TOO_LONG for one of too many spans */
function* partsOf({ texts, lines, left, compared }: Document): Generator<TextsPart> {
  const count = texts.length
  const told = { left, compared }
  let begin = 0
  let size = 0
  for (const [i, { spans }] of texts.entries()) {
    checkSpans(spans.length)
    size += 1 + spans.length
    if (size < PART || i + 1 === count) continue
    yield { count, texts: texts.slice(begin, i + 1), lines: lines.slice(begin, i + 1), ...told, isLast: false }
    begin = i + 1
    size = 0
  }
  yield { count, texts: texts.slice(begin), lines: lines.slice(begin), ...told, isLast: true }
}

lowerPriority()
// biome-ignore lint/style/noNonNullAssertion: this file runs in worker threads alone
parentPort!.on('message', (question: Question) => {
  answerTo(question).then(
    // biome-ignore lint/style/noNonNullAssertion: this file runs in worker threads alone
    (answer) => parentPort!.postMessage(answer),
    // biome-ignore lint/style/noNonNullAssertion: this file runs in worker threads alone
    (error: unknown) => parentPort!.postMessage({ error: toPlain(error) } satisfies Answer),
  )
})
