import { lastOf } from '../../../base/present.ts'
import type { Edit, Unit } from '../document/document.ts'
import { escapeText, textPieces } from '../document/entities.ts'
import { type Piece, piece, unitOf } from '../document/pieces.ts'
import { firstAtLeast, type Token } from '../document/tokens.ts'

/** The rules of a markup language for its elements. Tokens are named by their indices. */
export interface Language {
  xmlMode: boolean
  /** Whether a tag ends a text; otherwise it is part of the text. */
  isCut(tag: number): boolean
  /** Whether an element turns translation on (true) or off (false); null where it does not say. */
  turns(open: number): boolean | null
  /** Whether an untranslated element shows no words of the text around it. */
  isSilent(name: string): boolean
  /** Whether a translation drops an element, or its tags alone; null where it keeps both. */
  drops?(name: string): 'element' | 'tags' | null
  /** The white space that is shown as one space; null where all white space is kept. */
  spaceAt(token: number): RegExp | null
  /** The escapes within texts; by default those of the markup alone. */
  escapes?: Escapes
}

/** Escapes of programs within texts. */
export interface Escapes {
  /** The pieces of a text, line by line: an escaped line end ends a text. */
  lines(start: number, end: number): Piece[][]
  escaped(text: string, beginsLine: boolean): string
}

/** The texts of HTML or XML: a block is one text, with the tags within it as spans. */
export function blocksOf(source: string, tokens: readonly Token[], language: Language): Unit[] {
  const { xmlMode, isCut, turns, spaceAt } = language
  const { lines, escaped }: Escapes = language.escapes ?? {
    lines: (start, end) => [textPieces(source, start, end, xmlMode)],
    escaped: escapeText,
  }
  const units: Unit[] = []
  let pieces: Piece[] = []
  let dropped: Edit[] = []
  let at = 0 // the token of the last piece
  const add = (token: number, ...more: Piece[]) => {
    pieces.push(...more)
    at = token
  }
  const flush = () => {
    const unit = pieces.length ? unitOf(pieces, { source, space: spaceAt(at), escaped }) : null
    if (unit) units.push(withoutDropped(unit, dropped))
    pieces = []
    dropped = []
  }
  const on = tokens.flatMap((token, i) => (token.kind === 'open' && turns(i) ? [i] : []))
  /** Whether an element inside an untranslated one turns translation on again. */
  const turnsOn = (open: number) => firstAtLeast(on, open + 1) <= tokens[open].last
  /** Elements that turn translation on or off, the innermost last. */
  const scopes: { last: number; isOn: boolean }[] = []
  const drops = (i: number) => (/^(?:open|close)$/.test(tokens[i].kind) ? language.drops?.(tokens[i].name) : null)
  /** Drops an element or a tag, and returns the last of its tokens. */
  const drop = (i: number): number => {
    const to = drops(i) === 'element' && tokens[i].kind === 'open' ? tokens[i].last : i
    dropped.push({ start: tokens[i].start, end: tokens[to].end, text: '' })
    return to
  }
  for (let i = 0; i < tokens.length; i++) {
    while (scopes.length && lastOf(scopes).last < i) {
      flush()
      scopes.pop()
    }
    const isOn = scopes.at(-1)?.isOn ?? true
    const { kind, name, start, end, last } = tokens[i]
    const turned = kind === 'open' ? turns(i) : null
    if (turned !== null && turned !== isOn) {
      const isWhole = !turned && !turnsOn(i)
      if (isWhole && !isCut(i)) add(i, keptPiece(source, tokens, i, language))
      else flush()
      if (isWhole) i = last
      else scopes.push({ last, isOn: turned })
    } else if (!isOn) continue
    else if (drops(i)) i = drop(i)
    else if (kind === 'text')
      lines(start, end).forEach((line, k) => {
        if (k > 0) flush()
        add(i, ...line)
      })
    else if (kind === 'other' || kind === 'stray') add(i, piece('mark', start, end))
    else if (isCut(i)) flush()
    else if (kind === 'close') add(i, piece('close', start, end, '', `${name} ${i}`))
    else add(i, piece(last === i ? 'mark' : 'open', start, end, '', `${name} ${last}`))
  }
  flush()
  return units
}

/** A text whose translation comes without these parts, inside of it or beside it. */
function withoutDropped(unit: Unit, dropped: readonly Edit[]): Unit {
  if (!dropped.length) return unit
  return {
    ...unit,
    edits(translation, raw) {
      const [own] = unit.edits(translation, raw)
      return [own, ...dropped.filter(({ start, end }) => end <= own.start || start >= own.end)]
    },
  }
}

/** An untranslated element within a text: it is read as one word or none. */
function keptPiece(source: string, tokens: readonly Token[], open: number, { xmlMode, isSilent }: Language): Piece {
  const { name, start, last } = tokens[open]
  const { end } = tokens[last]
  if (isSilent(name)) return piece('mark', start, end)
  const text = tokens
    .slice(open, last + 1)
    .flatMap((token) => (token.kind === 'text' ? textPieces(source, token.start, token.end, xmlMode) : []))
    .map((each) => each.text)
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
  return piece(text ? 'copy' : 'mark', start, end, text)
}
