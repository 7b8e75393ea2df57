import type { Heading, Nodes, Paragraph, TableCell } from 'mdast'
import { lastOf, present } from '../../../base/present.ts'
import type { PlacedText } from '../../protect/span.ts'
import { inOneLine } from '../../text/sentences/spaces.ts'
import type { Unit } from '../document/document.ts'
import { textPieces } from '../document/entities.ts'
import { type Piece, piece, unitOf } from '../document/pieces.ts'
import { spaced, tightened } from '../document/span-spaces.ts'
import { tokensOf } from '../document/tokens.ts'
import { KEPT } from '../tags/html-elements.ts'
import { type Definitions, sameAs } from './markdown-structure.ts'
import { childrenOf, endOf, startOf } from './markdown-tree.ts'

/** The level of escaping in a text: characters that Markdown probably reads as markup, or all that it might. */
type Care = 'likely' | 'all'

/** A text in Markdown's syntax. */
function escapeMarkdown(text: string, beginsLine: boolean, isInTable: boolean, care: Care): string {
  const safe = care === 'all' ? text.replace(/[!-/:-@[-`{-~]/g, '\\$&') : escapeLikely(text)
  const inCell = isInTable && care === 'likely' ? safe.replaceAll('|', '\\|') : safe
  return beginsLine && care === 'likely' ? inCell.replace(LINE_BEGIN, '$1\\$2') : inCell
}

function escapeLikely(text: string): string {
  let end = text.length
  while (text[end - 1] === '#') end--
  const closing = text.slice(end) // the closing marks of a heading
  return text.slice(0, end).replace(LIKELY, '\\$&') + (closing && `\\${closing}`)
}

/** `_` within a word is not markup: `snake_case` has no emphasis. */
const LIKELY = /[\\`*[\]~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[A-Za-z/!?])|&(?=#?\w+;)/gu

/** Beginnings of a list, a quotation or a heading, and the underline of a heading. */
const LINE_BEGIN = /^(\d{0,9})([-+>#=.)])/

/** Whether a text may begin a line within a paragraph without beginning another block. */
const mayBeginLine = (text: string): boolean => /^\p{L}/u.test(text)

/** The texts of a paragraph, a heading or a cell: hard line breaks end a text. */
export function phraseUnits(source: string, node: Paragraph | Heading | TableCell, definitions: Definitions): Unit[] {
  const pieces: (Piece | null)[] = []
  addPieces(source, node.children, pieces)
  const units: Unit[] = []
  for (let at = 0; at <= pieces.length; ) {
    const cut = pieces.indexOf(null, at)
    const end = cut < 0 ? pieces.length : cut
    const own = withKept(source, pieces.slice(at, end) as Piece[])
    const unit = phraseUnit(source, own, { isInTable: node.type === 'tableCell', definitions })
    if (unit) units.push(unit)
    at = end + 1
  }
  return units
}

/** The pieces of phrases, with null for hard line breaks. */
function addPieces(source: string, nodes: readonly Nodes[], pieces: (Piece | null)[]): void {
  for (const [i, node] of nodes.entries()) {
    // A link without a position was made from text, which lies between its neighbors.
    if (!node.position) continue
    const before = nodes[i - 1]
    const start = startOf(node)
    const end = endOf(node)
    if (before && !before.position) {
      const last = pieces.at(-1)
      if (last && last.end < start) pieces.push(...rawPieces(source, last.end, start))
    }
    const children = childrenOf(node).filter(({ position }) => position)
    if (node.type === 'text') pieces.push(...rawPieces(source, start, end))
    else if (node.type === 'break') pieces.push(null)
    else if (node.type === 'inlineCode') pieces.push(piece('copy', start, end, node.value))
    else if (node.type === 'html') pieces.push(tagPiece(node.value, start, end))
    else if (!children.length) pieces.push(piece('mark', start, end))
    else if (node.type === 'link' && source[start] !== '[')
      pieces.push(piece('copy', start, end, source.slice(start, end).replace(/^<|>$/g, '')))
    else {
      const name = `${start}`
      pieces.push(piece('open', start, startOf(children[0]), '', name))
      addPieces(source, children, pieces)
      pieces.push(piece('close', endOf(lastOf(children)), end, '', name))
    }
  }
}

/** A text with escapes, entities and line ends. */
function rawPieces(source: string, start: number, end: number): Piece[] {
  const pieces: Piece[] = []
  let at = start
  const take = (to: number) => {
    if (to > at) pieces.push(...textPieces(source, at, to, false))
  }
  for (const { 0: found, index } of source
    .slice(start, end)
    .matchAll(/(?:(?<![ \t])[ \t]+)?(?:\r\n|\n|\r)[ \t>]*|\\([!-/:-@[-`{-~])/g)) {
    take(start + index)
    at = start + index + found.length
    if (found.startsWith('\\')) pieces.push(piece('text', start + index, at, found.slice(1)))
    else pieces.push(piece('break', start + index, at))
  }
  take(end)
  return pieces
}

/** A tag of HTML within a text. */
function tagPiece(html: string, start: number, end: number): Piece {
  const slash = /^<(\/?)([a-z][\w.:-]*)/i.exec(html)
  const token = tokensOf(html, false)[0]
  if (!slash || (!slash[1] && token?.isClosed)) return piece('mark', start, end)
  const name = slash[2].toLowerCase()
  if (slash[1]) return piece('close', start, end, '', `<${name}`)
  return piece('open', start, end, '', `<${name}`)
}

/** The same pieces, where each untranslated HTML element, such as `<kbd>` or one with translate="no", is one piece. */
function withKept(source: string, pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = []
  const closes = closesOf(pieces)
  for (let i = 0; i < pieces.length; i++) {
    const { name, start, end } = pieces[i]
    const close = closes.get(i)
    if (close === undefined || !stays(name, source.slice(start, end))) found.push(pieces[i])
    else {
      const text = pieces
        .slice(i, close)
        .map((each) => each.text)
        .join('')
        .trim()
      found.push(piece(text ? 'copy' : 'mark', start, pieces[close].end, text))
      i = close
    }
  }
  return found
}

function stays(name: string, tag: string): boolean {
  if (!name.startsWith('<')) return false
  const { attributes = {} } = tokensOf(tag, false)[0] ?? {}
  if (attributes.translate !== undefined) return /^no$/i.test(attributes.translate)
  return KEPT.has(name.slice(1)) || /(?:^|\s)notranslate(?:\s|$)/.test(attributes.class ?? '')
}

/** The matching close piece of each open piece that has one. */
function closesOf(pieces: readonly Piece[]): Map<number, number> {
  const closes = new Map<number, number>()
  const open = new Map<string, number[]>()
  pieces.forEach(({ kind, name }, i) => {
    if (kind === 'open' && !open.get(name)?.push(i)) open.set(name, [i])
    const begun = kind === 'close' ? open.get(name)?.pop() : undefined
    if (begun !== undefined) closes.set(begun, i)
  })
  return closes
}

/** Whether the delimiters of a piece differ, or are missing, where they touch a word or each other. */
const isDelimiter = (source: string, { start }: Piece) => '*_~`'.includes(source[start])

/** Ways to write a translation, the simplest first. */
const WAYS: readonly { care: Care; isSpaced: boolean }[] = [
  { care: 'likely', isSpaced: false },
  { care: 'likely', isSpaced: true },
  { care: 'all', isSpaced: true },
]

/**
 * A text whose translation must have the same structure: the translation is parsed as Markdown, and escaped more where
 * it parses differently. A text with no such translation stays.
 */
function phraseUnit(
  source: string,
  pieces: readonly Piece[],
  { isInTable, definitions }: { isInTable: boolean; definitions: Definitions },
): Unit | null {
  const written = (care: Care) =>
    unitOf(pieces, {
      source,
      space: /[ \t]+/g,
      escaped: (text, beginsLine) => escapeMarkdown(inOneLine(text), beginsLine, isInTable, care),
      mayBegin: mayBeginLine,
      rawOf: (each) => rawOf(source, each),
    })
  const unit = written('likely')
  if (!unit) return null
  const delimiters = pieces.filter((each) => isDelimiter(source, each))
  const isSame = sameAs(definitions, isInTable)
  return {
    ...unit,
    edits(translation) {
      if (!translation.spans.length && PLAIN.test(translation.text)) return unit.edits(translation)
      const tight = tightened(translation)
      for (const { care, isSpaced } of WAYS) {
        const placed: PlacedText = isSpaced && delimiters.length ? spaced(tight) : tight
        const edits = (care === 'likely' ? unit : present(written(care))).edits(placed)
        if (edits.every(({ start, end, text }) => isSame(source.slice(start, end), text))) return edits
      }
      return []
    },
  }
}

/** Texts that cannot be markup. */
const PLAIN = /^\p{L}[\p{L}\p{M}\p{N} ,;'’"“”«»()?…-]*[.!?]?$/u

/**
 * A link `[text]` or `[text][]`, whose text is also the name of its definition, gets a separate name, because its text
 * changes.
 */
function rawOf(source: string, { kind, start, end, name }: Piece): string {
  const raw = source.slice(start, end)
  if (kind !== 'close' || !/^\](?:\[\])?$/.test(raw)) return raw
  return `][${source.slice(Number(name) + 1, start)}]`
}
