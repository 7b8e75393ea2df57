import { decodeXML } from 'entities'
import { type Edit, isText, type Unit } from '../document/document.ts'
import { escapeText } from '../document/entities.ts'
import type { Token } from '../document/tokens.ts'

/** The place of an attribute's value within its quotes; null where a tag has no such attribute. */
export function placeOfValue(
  source: string,
  { start, end }: Token,
  name: string,
): { start: number; end: number } | null {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(source.slice(start, end))
  if (!found) return null
  const behind = start + found.index + found[0].length - 1
  return { start: behind - (found[1] ?? found[2]).length, end: behind }
}

const escapeValue = (text: string) => escapeText(text).replaceAll('"', '&quot;').replaceAll("'", '&apos;')

/** The value of an attribute as a text; null where it has no words. */
export function attributeUnit(source: string, token: Token, name: string): Unit | null {
  const place = placeOfValue(source, token, name)
  if (!place) return null
  const text = decodeXML(source.slice(place.start, place.end))
  if (!isText(text)) return null
  return {
    at: place.start,
    text: { text, spans: [] },
    edits: (translation) => [{ ...place, text: escapeValue(translation.text) }],
  }
}

/** Sets an attribute of an element. */
export function withAttribute(source: string, token: Token, name: string, value: string): Edit {
  const place = placeOfValue(source, token, name)
  if (place) return { ...place, text: value }
  const at = token.end - (source.slice(token.start, token.end).endsWith('/>') ? 2 : 1)
  return { start: at, end: at, text: ` ${name}="${value}"` }
}
