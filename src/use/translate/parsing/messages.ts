import type { LeftTexts } from '../../../language/markup/document/document.ts'
import type { Parsing } from '../../../language/markup/parse.ts'
import type { MemoryLanguages, UnitsPart } from '../../../language/memory/tmx.ts'
import type { MarkedText, PlacedText } from '../../../language/protect/span.ts'
import type { PlainError } from '../../../workers/threads/messages.ts'
import type { LargeBody } from './large-body.ts'

/** A document in a message to a thread. A thread that has parsed it before finds it by its number. */
export interface SentDocument {
  id: number
  source: string
  parsing: Parsing
}

/**
 * Questions to a thread, one at a time. Long lists are sent in parts, so that neither side is blocked by one of them.
 */
export type Question =
  | ({ kind: 'read' } & SentDocument)
  /** Asks for the next texts, or units, of what was read last. */
  | { kind: 'more' }
  /** Passes translations of the document that will be written next. */
  | { kind: 'translations'; list: readonly (PlacedText | null)[] }
  | ({ kind: 'write' } & SentDocument)
  /** Passes a TMX file, and the languages whose units are read. */
  | { kind: 'tmx'; bytes: Uint8Array; languages: MemoryLanguages }
  /** Passes a request's JSON body. */
  | { kind: 'body'; json: string }

/**
 * Some texts of a document, the line on which each begins, whether there are more, how many the document has, how many
 * others stay, and which ones formulas compare.
 */
export interface TextsPart {
  count: number
  left: Readonly<LeftTexts>
  compared: readonly string[]
  texts: MarkedText[]
  lines: number[]
  isLast: boolean
}

export type Answer =
  | TextsPart
  | UnitsPart
  | { text: string }
  | { body: LargeBody }
  | { isTaken: true }
  | { error: PlainError }

/** Size of a part of a list, counted in texts and spans. */
export const PART = 2000
