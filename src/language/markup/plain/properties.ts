import { Document, isText, type Unit } from '../document/document.ts'

/** A line of a property, with the lines on which it continues: a key, a separator and a value. */
const PROPERTY =
  /^(?!\s*[#!])([ \t\f]*)((?:\\[\s\S]|[^\\\s:=])+)([ \t\f]*[:=]?[ \t\f]*)((?:[^\\\r\n]|\\\r\n[ \t\f]*|\\[\r\n][ \t\f]*|\\[^\r\n])*)/gm

/**
 * Parses a file of properties of Java: values are translated; keys, comments and the order stay. Letters are escaped
 * (`\u00e9`) where the file has such escapes and no other letters beyond ASCII.
 */
export function parseProperties(source: string): Document {
  const isAscii = !/[^\0-\x7f]/.test(source.replace(/^\ufeff/, '')) && /\\u[0-9a-f]{4}/i.test(source)
  const units: Unit[] = []
  for (const { index, 1: indent, 2: key, 3: separator, 4: raw } of source.matchAll(PROPERTY)) {
    const value = unescaped(raw)
    const isMessage = MESSAGE.test(value)
    const text = isMessage ? value.replaceAll("''", "'") : value
    if (!isText(text)) continue
    const start = index + indent.length + key.length + separator.length
    const end = start + raw.length
    units.push({
      at: start,
      text: { text, spans: [] },
      edits: ({ text: translated }) => {
        const written = isMessage ? translated.replaceAll("'", "''") : translated
        return [{ start, end, text: escaped(written, isAscii) }]
      },
    })
  }
  return new Document(source, units)
}

/** A pattern of Java's MessageFormat, in which an apostrophe stands twice; one with quoted parts ('{') is left as it is spelled. */
const MESSAGE = /^(?!(?:[^']|'')*'(?!'))(?=[\s\S]*(?:''|\{\d+))/

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', f: '\f' }

const unescaped = (raw: string) =>
  raw
    .replace(/\\(?:\r\n|[\r\n])[ \t\f]*/g, '')
    .replace(/\\(?:u([0-9a-f]{4})|([\s\S]))/gi, (_, hex, character) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[character] ?? character),
    )

function escaped(text: string, isAscii: boolean): string {
  const plain = text
    .replaceAll('\\', '\\\\')
    .replace(/[\n\t\r\f]/g, (control) => `\\${Object.keys(ESCAPES).find((each) => ESCAPES[each] === control)}`)
    .replace(/^ /, '\\ ')
  if (!isAscii) return plain
  return plain.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
