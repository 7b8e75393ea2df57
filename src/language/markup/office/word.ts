import { attributeUnit } from '../document/attributes.ts'
import { Document, type Edit, type Unit } from '../document/document.ts'
import { type Token, tokensOf } from '../document/tokens.ts'
import { localName } from '../tags/xml.ts'
import { type RunGrammar, RunParagraphs } from './run-paragraphs.ts'

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const RANGES = new Map(
  ['bookmark', 'commentRange', 'perm', 'moveFromRange', 'moveToRange'].flatMap((name) => [
    [`${name}Start`, `${name}Start`],
    [`${name}End`, `${name}Start`],
  ]),
)

const grammar: RunGrammar = {
  blocks: set('p'),
  transparent: set('hyperlink ins moveTo smartTag customXml sdt dir bdo'),
  cuts: set('tab br cr ptab'),
  fields: set('fldSimple oMath oMathPara'),
  dropped: set('proofErr lastRenderedPageBreak softHyphen'),
  ranges: RANGES,
  invisible: /<w:(?:lang|noProof)\b[^>]*\/>/g,
  turned: rightToLeftRun,
}

/** Parses a part of a document of Word: its text, headers, notes or comments. */
export function parseWord(source: string, isTurned: boolean): Document {
  const tokens = tokensOf(source, true)
  const paragraphs = new RunParagraphs(source, tokens, grammar, isTurned)
  paragraphs.scan(0, tokens.length)
  const units = [...paragraphs.units, ...alternativeTexts(source, tokens)].sort((a, b) => a.at - b.at)
  return new Document(source, units, isTurned ? rightToLeft(tokens) : [])
}

/** Alternative texts of pictures. */
export function alternativeTexts(source: string, tokens: readonly Token[]): Unit[] {
  return tokens.flatMap((token) => {
    if (token.kind !== 'open' || !/^(?:docPr|cNvPr)$/.test(localName(token.name))) return []
    return ['descr', 'title'].flatMap((name) => attributeUnit(source, token, name) ?? [])
  })
}

/** The elements of `w:pPr` and `w:rPr` before which the mark of a direction stands, as the schema orders them. */
const AFTER_BIDI =
  /^(?:adjustRightInd|snapToGrid|spacing|ind|contextualSpacing|mirrorIndents|suppressOverlap|jc|textDirection|textAlignment|textboxTightWrap|outlineLvl|divId|cnfStyle|rPr|sectPr|pPrChange)$/
const AFTER_VISUAL =
  /^(?:tblStyleRowBandSize|tblStyleColBandSize|tblW|jc|tblCellSpacing|tblInd|tblBorders|shd|tblLayout|tblCellMar|tblLook|tblCaption|tblDescription|tblPrChange)$/
const AFTER_RTL = /<w:(?:cs|em|lang|eastAsianLayout|specVanish|oMath|rPrChange)\b/

/** The edits by which paragraphs and tables are read from right to left. */
function rightToLeft(tokens: readonly Token[]): Edit[] {
  return tokens.flatMap(({ kind, name, end, last }, i): Edit[] => {
    if (kind !== 'open' || !name.startsWith('w:')) return []
    if (name === 'w:tblPr') return marked(tokens, i, 'w:bidiVisual', AFTER_VISUAL)
    if (name === 'w:pPr' && localName(parentOf(tokens, i)) === 'p') return marked(tokens, i, 'w:bidi', AFTER_BIDI)
    if (name !== 'w:p' || last === i) return []
    const first = tokens.slice(i + 1, last).find((each) => each.kind === 'open')
    return first?.name === 'w:pPr' ? [] : [{ start: end, end, text: '<w:pPr><w:bidi/></w:pPr>' }]
  })
}

/** The name of the element whose first child begins with a token. */
const parentOf = (tokens: readonly Token[], child: number) =>
  tokens.slice(Math.max(0, child - 3), child).findLast(({ kind }) => kind === 'open')?.name ?? ''

/** The edit that sets a mark in a list of properties. */
function marked(tokens: readonly Token[], open: number, mark: string, after: RegExp): Edit[] {
  const { start, end, last, name } = tokens[open]
  if (last === open) return [{ start, end, text: `<${name}><${mark}/></${name}>` }]
  for (let i = open + 1; i < last; i = tokens[i].last < 0 ? i + 1 : tokens[i].last + 1) {
    const token = tokens[i]
    if (token.kind !== 'open') continue
    if (token.name === mark) return [{ start: token.start, end: tokens[token.last].end, text: `<${mark}/>` }]
    if (after.test(localName(token.name))) return [{ start: token.start, end: token.start, text: `<${mark}/>` }]
  }
  return [{ start: tokens[last].start, end: tokens[last].start, text: `<${mark}/>` }]
}

function rightToLeftRun(properties: string, prefix: string): string {
  if (prefix !== 'w:') return properties
  if (properties === '' || properties.endsWith('/>')) return '<w:rPr><w:rtl/></w:rPr>'
  const plain = properties.replace(/<w:rtl\b[^>]*\/>/, '')
  const at = AFTER_RTL.exec(plain)?.index ?? plain.lastIndexOf('</')
  return `${plain.slice(0, at)}<w:rtl/>${plain.slice(at)}`
}
