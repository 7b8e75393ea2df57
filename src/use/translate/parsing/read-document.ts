import type { Document, LeftTexts } from '../../../language/markup/document/document.ts'
import { type Parsing, parseDocument } from '../../../language/markup/parse.ts'
import type { MarkedText, PlacedText } from '../../../language/protect/span.ts'
import type { Scheduling } from '../../../workers/requests/scheduling.ts'

/** A document whose texts will be translated. */
export interface OpenDocument {
  /** The texts, in the order of the document. */
  readonly texts: readonly MarkedText[]
  /** The line on which each text begins, from 1 on. */
  readonly lines: readonly number[]
  /** How many texts stay as they are, and why. */
  readonly left: Readonly<LeftTexts>
  /** Texts of cells that formulas compare or look up. */
  readonly compared: readonly string[]
  /** Writes the document with these translations of its texts. A text whose translation is null stays. */
  translated(translations: readonly (PlacedText | null)[]): Promise<string>
}

/**
 * Reads a document.
 * @throws GlassformerError ERR_INPUT, with the line, for one that cannot be parsed
 */
export type ReadDocument = (source: string, parsing: Parsing, scheduling: Partial<Scheduling>) => Promise<OpenDocument>

/** A document on this thread, as one of another thread is used. */
export const opened = (document: Document): OpenDocument => {
  const { texts, lines, left, compared } = document
  return { texts, lines, left, compared, translated: async (translations) => document.translated(translations) }
}

/** Reads a document on this thread. */
export const readHere: ReadDocument = async (source, parsing) => opened(await parseDocument(source, parsing))
