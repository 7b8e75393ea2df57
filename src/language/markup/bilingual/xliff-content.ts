import { textPieces } from '../document/entities.ts'
import { type Piece, piece } from '../document/pieces.ts'
import type { Token } from '../document/tokens.ts'
import { localName } from '../tags/xml.ts'

/** Inline elements: around words; empty, or at the beginning or end of a span; placeholders for values. */
const PAIR = /^(?:g|pc|mrk)$/
const BEGIN = /^(?:bpt|bx|sc|sm)$/
const END = /^(?:ept|ex|ec|em)$/
const VALUE = /^(?:ph|x|cp)$/

/** The pieces of a source from one token to another. */
export function contentPieces(source: string, tokens: readonly Token[], from: number, to: number): Piece[] {
  const pieces: Piece[] = []
  for (let i = from; i < to; i++) {
    const { kind, name, attributes, start, end, last } = tokens[i]
    const element = localName(name)
    const { id = '' } = attributes
    const isKept = attributes.translate === 'no' || attributes.mtype === 'protected'
    if (kind === 'text') pieces.push(...textPieces(source, start, end, true))
    else if (kind === 'close') pieces.push(piece('close', start, end, '', `${i}`))
    else if (kind !== 'open') pieces.push(piece('mark', start, end))
    else if (PAIR.test(element) && !isKept && last > i) pieces.push(piece('open', start, end, '', `${last}`))
    else {
      const whole = (kind: Piece['kind'], text: string, pair = '') => piece(kind, start, tokens[last].end, text, pair)
      const of = `#${attributes.startRef ?? attributes.rid ?? id}`
      const [, side, tag] = /^(START|CLOSE)_(.*)/.exec(id) ?? [] // Angular's names
      if (PAIR.test(element) && isKept) pieces.push(whole('copy', wordsOf(source, tokens, i)))
      else if (BEGIN.test(element) || (element === 'x' && side === 'START')) pieces.push(whole('open', '', tag ?? of))
      else if (END.test(element) || (element === 'x' && side === 'CLOSE')) pieces.push(whole('close', '', tag ?? of))
      else if (VALUE.test(element))
        pieces.push(whole('copy', attributes.equiv ?? attributes['equiv-text'] ?? `{${id}}`))
      else pieces.push(whole('mark', ''))
      i = last
    }
  }
  return pieces
}

/** The words of an element. */
function wordsOf(source: string, tokens: readonly Token[], open: number): string {
  return tokens
    .slice(open, tokens[open].last)
    .flatMap(({ kind, start, end }) => (kind === 'text' ? textPieces(source, start, end, true) : []))
    .map(({ text }) => text)
    .join('')
}
