import { present } from '../../../base/present.ts'
import { unreadable } from '../document/document.ts'

/** A field of an entry in a .po file: its keyword, its text, and the position of its strings. */
export interface Field {
  keyword: string
  text: string
  start: number
  /** The beginning of its first string and the end of its last one. */
  strings: { start: number; end: number }
  /** Whether its strings are on several lines. */
  isFolded: boolean
  /** With the first field of an entry: whether the entry's flags call the translation fuzzy, a guess to be looked at. */
  isFuzzy: boolean
}

export const fieldOf = (fields: readonly Field[], name: string) => fields.find(({ keyword }) => keyword === name)
export const isTranslation = ({ keyword }: Field) => keyword.startsWith('msgstr')
export const isHeader = (fields: readonly Field[]) =>
  present(fieldOf(fields, 'msgid')).text === '' && !fieldOf(fields, 'msgctxt')

const KEYWORD = /^[ \t]*(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?|domain)[ \t]*(?=")/
const FUZZY = /^[ \t]*#,(?:.*,)?[ \t]*fuzzy[ \t]*(?:,|$)/
const STRING = /^[ \t]*("(?:[^"\\]|\\.)*")[ \t]*$/

/**
 * The entries of a .po file, each with its fields in order. @throws GlassformerError ERR_INPUT, with the line, for a
 * text that is not a .po file
 */
export function entriesOf(source: string): Field[][] {
  const entries: Field[][] = []
  let fields: Field[] = []
  let begin = 0
  let isFuzzy = false
  const close = () => {
    if (!fields.length) return
    const has = (keyword: string) => fields.some((field) => field.keyword.startsWith(keyword))
    if (!has('msgid') || !has('msgstr'))
      throw unreadable(source, fields[0].start, 'an entry has no msgstr, or no msgid')
    entries.push(fields)
    fields = []
  }
  for (const { 0: lineEnd, index } of `${source}\n`.matchAll(/\r\n|\n|\r/g)) {
    const line = source.slice(begin, index).replace(/^\ufeff/, '')
    const start = index - line.length
    begin = index + lineEnd.length
    if (FUZZY.test(line)) isFuzzy = true
    if (line.trim() === '' || /^\s*#/.test(line)) continue
    const keyword = KEYWORD.exec(line)
    const string = STRING.exec(line.slice(keyword?.[0].length ?? 0))
    const last = fields.at(-1)
    if (!string || (!keyword && !last))
      throw unreadable(source, start, `${JSON.stringify(line.slice(0, 60))} is no line of a .po file`)
    if (!keyword) {
      present(last).text += unescaped(string[1])
      present(last).strings.end = start + line.trimEnd().length
      present(last).isFolded = true
      continue
    }
    const [{ length }, name] = keyword
    if (/^(?:msgctxt|msgid|domain)$/.test(name) && last?.keyword.startsWith('msgstr')) close()
    if (name === 'domain') continue
    if (fields.some((field) => field.keyword === name))
      throw unreadable(source, start, `${name} stands twice: an entry has no msgstr, or two`)
    const strings = { start: start + length, end: start + line.trimEnd().length }
    fields.push({ keyword: name, text: unescaped(string[1]), start, strings, isFolded: false, isFuzzy })
    isFuzzy = false
  }
  close()
  return entries
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }

/** The text of a C string. */
const unescaped = (string: string) =>
  string
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{1,2})|([0-7]{1,3})|(.))/gi, (_, hex, octal, character) =>
      hex || octal
        ? String.fromCharCode(Number.parseInt(hex ?? octal, hex ? 16 : 8))
        : (ESCAPES[character] ?? character),
    )

/**
 * A text as C strings: in one line, or, folded, with a new string for each of its own lines and for each part that does
 * not fit in a line.
 */
export function stringsOf(text: string, isFolded: boolean, lineEnd: string): string {
  const quoted = (part: string) => `"${escaped(part)}"`
  if (!isFolded && !/\n./s.test(text)) return quoted(text)
  const lines = text.split(/(?<=\n)/).flatMap((line) => line.match(/.{1,74}(?:\s+|$)|\S{75,}\s*|\s+/gsu) ?? [line])
  return [quoted(''), ...lines.map(quoted)].join(lineEnd)
}

const escaped = (text: string) =>
  text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these cannot stand in a file
    .replace(/[\0-\x1f]/g, (control) => `\\${control.charCodeAt(0).toString(8).padStart(3, '0')}`)
