import { lastOf } from '../../../base/present.ts'
import { escapeText, textPieces } from '../document/entities.ts'
import { type Piece, piece } from '../document/pieces.ts'
import type { Token } from '../document/tokens.ts'
import type { Escapes } from './blocks.ts'

/** An escape of Android's resources, or a quotation mark, which keeps white space and is not shown. */
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|([\s\S]))|"/g

/** Whether XML is a file of Android's resources. */
export const isAndroid = (tokens: readonly Token[]): boolean =>
  tokens.find(({ kind }) => kind === 'open')?.name === 'resources'

/** The escapes in strings of Android's resources: `\n` ends a line, `\'`, `\"`, `\u2026`, `\@` and `\?` are characters. */
export const androidEscapes = (source: string): Escapes => ({
  lines(start, end) {
    const lines: Piece[][] = [[]]
    for (const each of textPieces(source, start, end, true)) {
      // Entities are read already.
      if (each.kind !== 'text' || each.text !== source.slice(each.start, each.end)) lastOf(lines).push(each)
      else addEscaped(each, lines)
    }
    return lines
  },
  escaped: (text, beginsLine) => {
    const plain = escapeText(text)
      .replace(/[\\'"]/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\t', '\\t')
    return beginsLine ? plain.replace(/^[@?]/, '\\$&') : plain
  },
})

/** Adds the pieces of a text with escapes to the last of these lines, and to new ones. */
function addEscaped({ start, text }: Piece, lines: Piece[][]): void {
  let at = 0
  const add = (kind: Piece['kind'], end: number, read: string) => {
    if (end > at) lastOf(lines).push(piece(kind, start + at, start + end, read))
    at = end
  }
  for (const { 0: found, index, 1: hex, 2: character } of text.matchAll(ESCAPE)) {
    add('text', index, text.slice(at, index))
    const end = index + found.length
    if (character === 'n') {
      lines.push([])
      at = end
    } else if (found === '"' || character === 't') add('mark', end, '')
    else if (character === '\\') add('copy', end, '\\')
    else add('text', end, hex === undefined ? character : String.fromCharCode(Number.parseInt(hex, 16)))
  }
  add('text', text.length, text.slice(at))
}
