import { withAttribute } from '../document/attributes.ts'
import { Document, type Edit, type Unit } from '../document/document.ts'
import { type Token, tokensOf } from '../document/tokens.ts'
import { localName } from '../tags/xml.ts'
import { elementUnit } from './elements.ts'
import { type RunGrammar, RunParagraphs } from './run-paragraphs.ts'
import { alternativeTexts } from './word.ts'

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const grammar: RunGrammar = {
  blocks: set('p'),
  transparent: set(''),
  cuts: set('br tab'),
  fields: set('fld m'),
  dropped: set(''),
  ranges: new Map(),
  invisible: /\s(?:lang|altLang|dirty|err|noProof|smtClean|smtId)="[^"]*"/g,
}

/** Parses a slide, its notes, a chart or a diagram. A placeholder of a master or layout shows no text of its own. */
export function parseDrawing(source: string, isTurned: boolean, isMaster = false): Document {
  const tokens = tokensOf(source, true)
  const paragraphs = new RunParagraphs(source, tokens, grammar, isTurned)
  paragraphs.scan(0, tokens.length, (open) => isMaster && isPlaceholder(tokens, open))
  const others = [...alternativeTexts(source, tokens), ...cachedTexts(source, tokens)]
  const units = [...paragraphs.units, ...others].sort((a, b) => a.at - b.at)
  return new Document(source, units, isTurned ? rightToLeft(source, tokens) : [])
}

/** Texts that a chart keeps of its table: names of series, which the legend shows, and categories. */
function cachedTexts(source: string, tokens: readonly Token[]): Unit[] {
  const units: Unit[] = []
  let end = -1
  tokens.forEach(({ kind, name, last }, i) => {
    if (kind !== 'open') return
    if (/^(?:strCache|strLit|multiLvlStrCache)$/.test(localName(name))) end = Math.max(end, last)
    const unit = i < end && localName(name) === 'v' ? elementUnit(source, tokens, i) : null
    if (unit) units.push(unit)
  })
  return units
}

function isPlaceholder(tokens: readonly Token[], open: number): boolean {
  const { name, last } = tokens[open]
  if (localName(name) !== 'sp') return false
  return tokens.slice(open, last).some((each) => each.kind === 'open' && localName(each.name) === 'ph')
}

/** The edits by which paragraphs are read from right to left, at the right. */
function rightToLeft(source: string, tokens: readonly Token[]): Edit[] {
  return tokens.flatMap((token, i): Edit[] => {
    if (token.kind !== 'open' || token.name !== 'a:p' || token.last === i) return []
    const first = tokens.slice(i + 1, token.last).find((each) => each.kind === 'open')
    if (first?.name !== 'a:pPr') return [{ start: token.end, end: token.end, text: '<a:pPr algn="r" rtl="1"/>' }]
    const edits = [withAttribute(source, first, 'rtl', '1')]
    if (/^l?$/.test(first.attributes.algn ?? '')) edits.push(withAttribute(source, first, 'algn', 'r'))
    return edits
  })
}
