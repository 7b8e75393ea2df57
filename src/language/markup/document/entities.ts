import { decodeHTMLStrict, decodeXML } from 'entities'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { type Piece, piece } from './pieces.ts'

const ENTITY = /&(?:[a-z][a-z0-9]*|#[0-9]+|#x[0-9a-f]+);/gi

/**
 * Characters that people type: an entity for one of them is read as the character, and the translation contains the
 * character.
 */
const TYPED = lazyPattern(String.raw`^[\p{L}\p{M}\p{N} .,:;!?'"()‐-―‘-‟…«»-]+$`, 'u')

/**
 * The pieces of a text with entities. Entities of letters and punctuation are read; a non-breaking space is a mark;
 * entities of markup characters and symbols are copied.
 */
export function textPieces(source: string, start: number, end: number, xmlMode: boolean): Piece[] {
  const pieces: Piece[] = []
  const raw = source.slice(start, end)
  let at = 0
  const take = (to: number) => {
    if (to > at) pieces.push(piece('text', start + at, start + to, raw.slice(at, to)))
  }
  for (const { 0: entity, index } of raw.matchAll(ENTITY)) {
    const decoded = decodedEntity(entity, xmlMode)
    take(index)
    at = index + entity.length
    if (TYPED().test(decoded)) pieces.push(piece('text', start + index, start + at, decoded))
    else if (decoded.trim() === '') pieces.push(piece('mark', start + index, start + at))
    else pieces.push(piece('copy', start + index, start + at, decoded))
  }
  take(raw.length)
  return pieces
}

/** The character of an entity; an unknown entity stays as it is written. */
const decodedEntity = (entity: string, xmlMode: boolean) =>
  xmlMode && !/^&(?:#|(?:amp|lt|gt|quot|apos);)/i.test(entity)
    ? entity
    : (xmlMode ? decodeXML : decodeHTMLStrict)(entity)

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** A text escaped for HTML or XML. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>]/g, (character) => ESCAPES[character]).replace(NOT_XML(), '')

/** Characters that XML forbids and HTML does not need. */
const NOT_XML = lazyPattern(String.raw`(?![\t\n\r\x7f-\x9f])\p{Cc}|\p{Cs}|[\ufffe\uffff]`, 'gu')
