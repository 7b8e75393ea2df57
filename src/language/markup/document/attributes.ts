import { decodeHTMLStrict, decodeXML } from 'entities'
import { type Edit, isText, type Unit } from './document.ts'
import { escapeText } from './entities.ts'
import type { Token } from './tokens.ts'

/** The place of an attribute's value, within its quotes; HTML's may have none. */
interface ValuePlace {
  start: number
  end: number
  isQuoted: boolean
}

const ATTRIBUTE = /[\s/]+([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?|[\s\S]/g

/** The place of an attribute's value; null where a tag has no such attribute, or one without a value. */
export function placeOfValue(source: string, { start, end, name: tag }: Token, name: string): ValuePlace | null {
  const begin = start + '<'.length + tag.length
  for (const { 0: found, 1: own, 2: double, 3: single, 4: bare, index } of source
    .slice(begin, end)
    .matchAll(ATTRIBUTE)) {
    if (own?.toLowerCase() !== name.toLowerCase()) continue
    const value = double ?? single ?? bare
    if (value === undefined) return null
    const isQuoted = bare === undefined
    const after = begin + index + found.length - (isQuoted ? 1 : 0)
    return { start: after - value.length, end: after, isQuoted }
  }
  return null
}

const escapeValue = (text: string) => escapeText(text).replaceAll('"', '&quot;').replaceAll("'", '&apos;')

/** The value of an attribute as a text; null where it has no words. */
export function attributeUnit(source: string, token: Token, name: string, isHtml = false): Unit | null {
  const place = placeOfValue(source, token, name)
  if (!place) return null
  const { start, end, isQuoted } = place
  const text = (isHtml ? decodeHTMLStrict : decodeXML)(source.slice(start, end)).replace(/\s+/g, ' ').trim()
  if (!isText(text)) return null
  const written = (value: string) => (isHtml ? escapeValue(value).replaceAll('&apos;', '&#39;') : escapeValue(value))
  return {
    at: start,
    text: { text, spans: [] },
    isInTag: true,
    edits: (translation) => [
      { start, end, text: isQuoted ? written(translation.text) : `"${written(translation.text)}"` },
    ],
  }
}

/** Sets an attribute of an element. */
export function withAttribute(source: string, token: Token, name: string, value: string): Edit {
  const place = placeOfValue(source, token, name)
  if (place) return { start: place.start, end: place.end, text: value }
  const at = token.end - (source.slice(token.start, token.end).endsWith('/>') ? 2 : 1)
  return { start: at, end: at, text: ` ${name}="${value}"` }
}
