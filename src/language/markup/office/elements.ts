import { decodeXML } from 'entities'
import { Document, isText, type Unit } from '../document/document.ts'
import { escapeText } from '../document/entities.ts'
import { type Token, tokensOf } from '../document/tokens.ts'
import { localName } from '../tags/xml.ts'

/** Parses XML in which elements of these local names hold one text each: properties of a document, labels of a book. */
export function parseElements(source: string, names: ReadonlySet<string>): Document {
  const tokens = tokensOf(source, true)
  const units = tokens.flatMap(({ kind, name }, i) =>
    kind === 'open' && names.has(localName(name)) ? (elementUnit(source, tokens, i) ?? []) : [],
  )
  return new Document(source, units)
}

/** The text of an element that holds one; null where it has other elements, or no words. */
export function elementUnit(source: string, tokens: readonly Token[], open: number): Unit | null {
  const { end, last } = tokens[open]
  if (last === open) return null
  const raw = source.slice(end, tokens[last].start)
  const text = decodeXML(raw)
  if (raw.includes('<') || !isText(text)) return null
  const start = end + (raw.length - raw.trimStart().length)
  const place = { start, end: start + raw.trim().length }
  return {
    at: start,
    text: { text: text.trim(), spans: [] },
    edits: (translation) => [{ ...place, text: escapeText(translation.text) }],
  }
}
