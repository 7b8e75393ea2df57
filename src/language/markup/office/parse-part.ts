import { Document } from '../document/document.ts'
import { parseBook } from './book.ts'
import { parseDrawing } from './drawing.ts'
import { parseElements } from './elements.ts'
import { inLanguage } from './languages.ts'
import { parseOpenDocument } from './open-document.ts'
import type { Part } from './parts.ts'
import { parseSheet } from './spreadsheet.ts'
import { parseWord } from './word.ts'

/** Parses a fragment of a part of an office document or a book. */
export function parsePart(given: string, { kind, isTurned, names, compared, languages, attributes }: Part): Document {
  const source = languages ? inLanguage(given, kind, languages) : given
  if (kind === 'languages') return new Document(source, [])
  if (kind === 'word') return parseWord(source, isTurned)
  if (kind === 'drawing' || kind === 'master') return parseDrawing(source, isTurned, kind === 'master')
  if (kind === 'sheet') return parseSheet(source, isTurned, names, compared)
  if (kind === 'open document') return parseOpenDocument(source, isTurned)
  if (kind === 'book') return parseBook(source, isTurned, { attributes, languages })
  return parseElements(source, kind === 'labels' ? LABELS : PROPERTIES)
}

const LABELS = new Set(['text'])
const PROPERTIES = new Set(['title', 'subject', 'description', 'keyword', 'keywords'])
