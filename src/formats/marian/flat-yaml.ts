import { utf8Length } from '../../base/bytes.ts'
import { type ErrorCode, GlassformerError, shownJson } from '../../base/errors.ts'
import { MOST_JSON_VALUES } from '../../base/limits.ts'

/** The content of a line of flat YAML. */
export type FlatYamlScalar = string | number | boolean | null
export type FlatYamlValue = FlatYamlScalar | FlatYamlScalar[]

/** A line without its indentation. `at` is the index of its first character in the text. */
interface Line {
  at: number
  indent: number
  text: string
}

/**
 * Reads the YAML that Marian writes and reads: keys with scalars or lists of scalars, without nesting. All other
 * features of YAML (nested maps, multi-line texts, anchors, tags) are refused, and so are duplicate keys. A byte order
 * mark, comments and document markers are skipped. `where` names the file in errors, which have the byte offset of the
 * fault. The package `yaml` takes eleven times as long for a vocabulary of 65,000 pieces (4.7 s beside 0.4 s).
 * @throws GlassformerError ERR_MODEL_FORMAT, or `code`
 */
export function parseFlatYaml(
  text: string,
  where: string,
  code: ErrorCode = 'ERR_MODEL_FORMAT',
): Map<string, FlatYamlValue> {
  const fail = (at: number, what: string): never => {
    const line = text.slice(0, at).split('\n').length
    throw new GlassformerError(
      code,
      `${where}, offset ${utf8Length(text.slice(0, at))}: line ${line}: ${what}; the file must have 'key: value' on each line, or a list after the key`,
    )
  }
  const values = new Map<string, FlatYamlValue>()
  let list: { key: string; items: FlatYamlScalar[]; indent: number; at: number } | null = null
  let count = 0
  for (const line of linesOf(text, fail)) {
    if (++count > MOST_JSON_VALUES) fail(line.at, `more than ${MOST_JSON_VALUES} values`)
    if (/^-(\s|$)/.test(line.text)) {
      if (!list || line.indent < list.indent) return fail(line.at, 'an item of no list')
      list.indent = line.indent
      const item = line.text.slice(1).trimStart()
      list.items.push(scalarOf(item, line.at + line.text.length - item.length, fail))
      values.set(list.key, list.items)
      continue
    }
    if (line.indent > 0) fail(line.at, 'a key within another key')
    const { key, rest, at } = keyOf(line, fail)
    if (values.has(key)) fail(line.at, `the key ${shownJson(key)} is there a second time`)
    if (rest === '') {
      values.set(key, null)
      list = { key, items: [], indent: 0, at }
    } else {
      values.set(key, rest.startsWith('[') ? flowList(rest, at, fail) : scalarOf(rest, at, fail))
      list = null
    }
  }
  return values
}

type Fail = (at: number, what: string) => never

/** The lines with content, up to the end of the first document. */
function* linesOf(text: string, fail: Fail): Generator<Line> {
  let began = false
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; ) {
    const next = text.indexOf('\n', at)
    const end = next < 0 ? text.length : next
    const whole = text.slice(at, end).replace(/\r$/, '')
    const bare = whole.trimStart()
    const line = { at: at + whole.length - bare.length, indent: whole.length - bare.length, text: bare.trimEnd() }
    at = end + 1
    if (line.text === '' || line.text.startsWith('#')) continue
    if (line.indent === 0 && /^---(\s|$)/.test(line.text)) {
      if (began || line.text !== '---') fail(line.at, 'a second document, or text on the line of its mark')
      continue
    }
    if (line.indent === 0 && line.text === '...') return
    if (whole.slice(0, line.indent).includes('\t')) fail(line.at, 'a tab where YAML has spaces')
    began = true
    yield line
  }
}

/** The key of a line, and the rest of the line after it, which is at `at`. */
function keyOf({ at, text }: Line, fail: Fail): { key: string; rest: string; at: number } {
  const quoted = quotedAt(text, at, fail)
  const plain = quoted ? null : /^(.*?\S)\s*:(?=\s|$)/.exec(text)
  if (!quoted && (!plain || isReserved(text[0]))) fail(at, `no key in ${shownJson(text.slice(0, 40))}`)
  // biome-ignore lint/style/noNonNullAssertion: one of the two patterns has matched
  const [key, end] = quoted ? [quoted.value, quoted.length] : [plain![1], plain![1].length]
  const colon = /^\s*:(?=\s|$)\s*/.exec(text.slice(end))
  if (!colon) fail(at + end, 'no colon after the key')
  const from = end + colon[0].length
  return { key, rest: withoutComment(text.slice(from)), at: at + from }
}

/** Characters that cannot begin a plain scalar. */
const isReserved = (character: string) => '[]{}&*!|>%@`,?#'.includes(character)

/** The quoted text at the beginning of `text`, and its length in characters; null where there is none. */
function quotedAt(text: string, at: number, fail: Fail): { value: string; length: number } | null {
  if (text[0] === "'") {
    const found = /^'((?:[^']|'')*)'/.exec(text)
    if (!found) fail(at, 'a quotation mark that is not closed on its line')
    return { value: found[1].replaceAll("''", "'"), length: found[0].length }
  }
  if (text[0] !== '"') return null
  const found = /^"((?:[^"\\]|\\.)*)"/.exec(text)
  if (!found) fail(at, 'a quotation mark that is not closed on its line')
  return { value: unescaped(found[1], at + 1, fail), length: found[0].length }
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}

function unescaped(text: string, at: number, fail: Fail): string {
  return text.replace(
    /\\(?:(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|(.))/gu,
    (whole, coded: string | undefined, one, index) => {
      const point = coded === undefined ? -1 : Number.parseInt(coded.slice(1), 16)
      if (coded !== undefined && point <= 0x10ffff) return String.fromCodePoint(point)
      return escapes[one] ?? fail(at + index, `${shownJson(whole)} is no escape of YAML`)
    },
  )
}

function scalarOf(written: string, at: number, fail: Fail): FlatYamlScalar {
  const quoted = quotedAt(written, at, fail)
  if (quoted) {
    const rest = withoutComment(written.slice(quoted.length).replace(/^\s+/, ' '))
    if (rest.trim() !== '') fail(at + quoted.length, 'text after a closed quotation mark')
    return quoted.value
  }
  const text = withoutComment(written)
  if (text !== '' && (isReserved(text[0]) || /^[-?:](\s|$)/.test(text)))
    fail(at, `${shownJson(text.slice(0, 40))} is no scalar`)
  if (/:(\s|$)/.test(text)) fail(at, 'a key within another key')
  return resolved(text)
}

/** A plain scalar as YAML 1.1 resolves it, except `y` and `n`, which are norm orders in Marian. */
function resolved(text: string): FlatYamlScalar {
  if (/^(~|null|)$/i.test(text)) return null
  if (/^(true|yes|on)$/i.test(text)) return true
  if (/^(false|no|off)$/i.test(text)) return false
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text
}

/** `[a, "b", 3]` on one line. */
function flowList(written: string, at: number, fail: Fail): FlatYamlScalar[] {
  const items: FlatYamlScalar[] = []
  let from = 1
  for (;;) {
    // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
    from += /^\s*/.exec(written.slice(from))![0].length
    if (written[from] === ']') break
    const quoted = quotedAt(written.slice(from), at + from, fail)
    // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
    const plain = quoted ? null : /^[^,\]]*/.exec(written.slice(from))![0]
    if (from >= written.length || plain?.trim() === '') fail(at + from, 'a list that is not closed on its line')
    // biome-ignore lint/style/noNonNullAssertion: one of the two patterns has matched
    items.push(quoted ? quoted.value : scalarOf(plain!.trimEnd(), at + from, fail))
    // biome-ignore lint/style/noNonNullAssertion: one of the two patterns has matched
    from += quoted ? quoted.length : plain!.length
    // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
    from += /^\s*/.exec(written.slice(from))![0].length
    if (written[from] === ',') from++
    else if (written[from] !== ']') fail(at + from, 'a list that is not closed on its line')
  }
  if (withoutComment(written.slice(from + 1).replace(/^\s+/, ' ')).trim() !== '')
    fail(at + from + 1, 'text after a closed list')
  return items
}

/** A comment begins with a # at the beginning or after white space. */
const withoutComment = (text: string) => text.replace(/(^|\s)#.*$/, '').trimEnd()
