import { Document, isText, type Unit, unreadable } from '../document/document.ts'

const STRING = '"(?:[^"\\\\]|\\\\[\\s\\S])*"'
/** A comment, white space, or a pair of a key and a value. */
const PART = new RegExp(
  `/\\*[\\s\\S]*?\\*/|//[^\\r\\n]*|\\s+|\\ufeff|((?:${STRING}|[\\w.-]+)\\s*=\\s*)(${STRING})\\s*;|(?:${STRING}|[\\w.-]+)\\s*;`,
  'gy',
)

/**
 * Parses a file of strings of Apple's systems: values are translated; keys and comments stay.
 * @throws GlassformerError ERR_INPUT, with the line, for a text that is no such file
 */
export function parseAppleStrings(source: string): Document {
  const units: Unit[] = []
  for (let at = 0; at < source.length; at = PART.lastIndex) {
    PART.lastIndex = at
    const found = PART.exec(source)
    if (!found) throw unreadable(source, at, `${JSON.stringify(source.slice(at, at + 40))} is no "key" = "value";`)
    const [, key, string] = found
    if (string === undefined) continue
    const start = at + key.length
    const end = start + string.length
    const text = unescaped(string)
    if (isText(text))
      units.push({
        at: start,
        text: { text, spans: [] },
        edits: (translation) => [{ start, end, text: quoted(translation.text) }],
      })
  }
  return new Document(source, units)
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' }

const unescaped = (string: string) =>
  string
    .slice(1, -1)
    .replace(/\\(?:U([0-9a-f]{4})|([\s\S]))/gi, (_, hex, character) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[character] ?? character),
    )

const quoted = (text: string) =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}"`
