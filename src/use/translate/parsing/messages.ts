import type { Parsing } from '../../../language/markup/parse.ts'
import type { MarkedText, PlacedText } from '../../../language/protect/span.ts'
import type { PlainError } from '../pool/messages.ts'
import type { LargeBody } from './large-body.ts'

/** A document as it travels to a thread. A thread that has parsed it before knows it by its number. */
export interface SentDocument {
  id: number
  source: string
  parsing: Parsing
}

/** What a thread is asked, one question at a time. Long lists travel in parts, so that neither side is held up by one of them. */
export type Question =
  | ({ kind: 'read' } & SentDocument)
  /** The next texts of the document that was read last. */
  | { kind: 'more' }
  /** Translations of the document that is to be written next. */
  | { kind: 'translations'; list: readonly (PlacedText | null)[] }
  | ({ kind: 'write' } & SentDocument)
  /** A body of a request in JSON. */
  | { kind: 'body'; json: string }

/** Some texts of a document, the line on which each begins, and whether there are more. */
export interface TextsPart {
  texts: MarkedText[]
  lines: number[]
  isLast: boolean
}

export type Answer = TextsPart | { text: string } | { body: LargeBody } | { isTaken: true } | { error: PlainError }

/** How much a part of a list holds, counted in texts and spans. */
export const PART = 2000
