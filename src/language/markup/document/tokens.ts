import { Parser } from 'htmlparser2'
import { whole } from '../../../base/values/number-text.ts'
import { unreadable } from './document.ts'

/** A part of HTML or XML. The tokens of a document, and the text between them, make up the document. */
export interface Token {
  start: number
  end: number
  /**
   * 'other': a comment, a processing instruction, a doctype, a CDATA section. 'stray': a closing tag without an open
   * element, which parsers skip.
   */
  kind: 'open' | 'close' | 'text' | 'other' | 'stray'
  /** The name of a tag, in HTML in lower case; empty for other tokens. */
  name: string
  attributes: Record<string, string>
  /** For an open tag: the index of the last token of its element. */
  last: number
  /** For an open tag: whether its element is closed, by a tag or by itself (`<br>`, `<a/>`). */
  isClosed: boolean
}

/**
 * XML whose document type declaration has blanks in place of its content: an HTML parser would end it at the first `>`.
 */
function withPlainDoctype(source: string): string {
  const begin = DOCTYPE.exec(source)
  if (!begin) return source
  const from = begin.index + begin[0].length
  let depth = 0
  MARKS.lastIndex = from
  for (let mark = MARKS.exec(source); mark; mark = MARKS.exec(source)) {
    const end = ENDS[mark[0]]
    if (mark[0] === '[') depth++
    else if (mark[0] === ']') depth--
    else if (end !== undefined) {
      const at = source.indexOf(end, MARKS.lastIndex)
      if (at < 0) return source
      MARKS.lastIndex = at + end.length
    } else if (depth <= 0) return source.slice(0, from) + ' '.repeat(mark.index - from) + source.slice(mark.index)
  }
  return source
}

const DOCTYPE = /<!DOCTYPE(?=[\s[>])/
/**
 * The parts of a document type declaration: brackets, and parts whose brackets do not count (comments, instructions and
 * quoted texts).
 */
const MARKS = /<!--|<\?|["'[\]>]/g
const ENDS: Readonly<Record<string, string>> = { '<!--': '-->', '<?': '?>', '"': '"', "'": "'" }

/** The maximum nesting of elements; browsers stop at about 512. */
const MOST_LEVELS = 10_000

/**
 * Reads HTML, or XML, into its tokens. Any text has tokens, as in browsers.
 * @throws GlassformerError ERR_INPUT, with the line, for elements that are nested too deep
 */
export function tokensOf(source: string, xmlMode: boolean): Token[] {
  const tokens: Token[] = []
  const open: Token[] = []
  let at = 0
  let isInCdata = false
  /**
   * Adds a token up to `end`. An offset from the parser may lie before a `>`, and the next token may then begin with
   * it.
   */
  const add = (kind: Token['kind'], start: number, end: number, name = '', attributes = {}): Token => {
    const begin = Math.max(at, start)
    if (begin > at) between(begin)
    const token = { start: begin, end: Math.max(begin, end), kind, name, attributes, last: -1, isClosed: false }
    at = token.end
    tokens.push(token)
    return token
  }
  /** Tags that the parser has skipped close nothing. */
  const between = (end: number) => {
    tokens.push({ start: at, end, kind: 'stray', name: '', attributes: {}, last: -1, isClosed: false })
    at = end
  }
  const throughBracket = (end: number) => {
    if (source[end - 1] === '>') return end
    const bracket = source.indexOf('>', end)
    return bracket < 0 ? source.length : bracket + 1
  }
  const parser: Parser = new Parser(
    {
      onopentag(name, attributes, isImplied) {
        const end = isImplied ? at : parser.endIndex + 1
        open.push(add('open', isImplied ? at : parser.startIndex, end, name, attributes))
        if (open.length > MOST_LEVELS)
          throw unreadable(source, at, `elements are nested more than ${whole(MOST_LEVELS)} deep`)
      },
      onclosetag(name, isImplied) {
        const token = open.pop()
        if (!token) return // an unfinished tag at the end of the document
        if (!isImplied) add('close', parser.startIndex, throughBracket(parser.endIndex + 1), name)
        token.isClosed = !isImplied || (tokens.at(-1) === token && parser.endIndex + 1 === token.end)
        token.last = tokens.length - 1
      },
      ontext(text) {
        if (isInCdata) return
        const start = Math.max(at, parser.startIndex)
        add('text', start, start + text.length)
      },
      oncomment: () => add('other', parser.startIndex, parser.endIndex + 1),
      onprocessinginstruction: () => add('other', parser.startIndex, throughBracket(parser.endIndex + 1)),
      oncdatastart() {
        add('other', parser.startIndex, parser.endIndex + 1)
        isInCdata = true
      },
      oncdataend() {
        isInCdata = false
      },
    },
    { xmlMode, decodeEntities: false },
  )
  parser.end(xmlMode ? withPlainDoctype(source) : source)
  if (at < source.length) between(source.length)
  return tokens
}

/** The first of these ascending numbers that is at least `least`; Infinity where there is none. */
export function firstAtLeast(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle] < least) low = middle + 1
    else high = middle
  }
  return numbers[low] ?? Infinity
}
