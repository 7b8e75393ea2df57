import { lastOf } from '../../../base/present.ts'
import { parseJson } from '../../../formats/json/json-text.ts'
import { Document, isText, type Unit, unreadable } from '../document/document.ts'

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s"[\]{}:,]+/g

/**
 * Parses JSON with the strings of a program. String values with words are translated; keys, numbers and the order stay,
 * as do values below a key that begins with @, which describes strings for programs (.arb, JSON-LD).
 * @throws GlassformerError ERR_INPUT, with the line, for a text that is not JSON
 */
export function parseJsonStrings(source: string): Document {
  const begin = source.startsWith('\ufeff') ? 1 : 0
  parseJson(source.slice(begin), (what, position) => {
    throw unreadable(source, position + begin, `this is no JSON: ${what}`)
  })
  const style = styleOf(source)
  const units: Unit[] = []
  /** Whether the values at each level are skipped, because they are below a key with @. */
  const left: boolean[] = [false]
  let key = ''
  let isKeyNext = false
  const levels: ('{' | '[')[] = []
  for (const { 0: token, index: start } of source.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      left.push(lastOf(left) || key.startsWith('@'))
      levels.push(token)
      key = ''
    } else if (token === '}' || token === ']') {
      left.pop()
      levels.pop()
    }
    if (token === '{' || token === ',') isKeyNext = levels.at(-1) === '{'
    else if (token === ':') isKeyNext = false
    if (token === ',') key = ''
    if (!token.startsWith('"')) continue
    if (isKeyNext) key = JSON.parse(token)
    else if (!left.at(-1) && !key.startsWith('@')) {
      const text: string = JSON.parse(token)
      if (isText(text)) units.push(unitOfString(text, start, start + token.length, style))
    }
  }
  return new Document(source, units)
}

/** The style of a document's strings: the characters written as escapes that need no escape. */
interface Style {
  isAscii: boolean
  escapesSlashes: boolean
}

function styleOf(source: string): Style {
  return {
    isAscii: !/[^\0-\x7f]/.test(source.replace(/^\ufeff/, '')) && /\\u(?!00[01])[0-9a-f]{4}/i.test(source),
    escapesSlashes: source.includes('\\/') && !/(?<!\\)\//.test(source),
  }
}

function unitOfString(text: string, start: number, end: number, style: Style): Unit {
  return {
    at: start,
    text: { text, spans: [] },
    edits: (translation) => [{ start, end, text: literal(translation.text, style) }],
  }
}

/** A string in JSON's syntax. */
function literal(text: string, { isAscii, escapesSlashes }: Style): string {
  const json = JSON.stringify(text)
  const slashes = escapesSlashes ? json.replaceAll('/', '\\/') : json
  if (!isAscii) return slashes
  return slashes.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
