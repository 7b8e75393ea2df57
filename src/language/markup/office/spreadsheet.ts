import { decodeXML } from 'entities'
import { withAttribute } from '../document/attributes.ts'
import { Document, type Edit, type Unit } from '../document/document.ts'
import { type Token, tokensOf } from '../document/tokens.ts'
import { localName } from '../tags/xml.ts'
import { comparisonWith } from './compared-texts.ts'
import { type RunGrammar, RunParagraphs } from './run-paragraphs.ts'

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const grammar: RunGrammar = {
  blocks: set('si is text'),
  transparent: set(''),
  cuts: set(''),
  fields: set(''),
  dropped: set(''),
  ranges: new Map(),
  invisible: /(?!)/g,
}

/**
 * Parses shared strings, a sheet or comments of a workbook. Texts by which the workbook finds something, `names` (the
 * heads of tables and of pivot tables), stay, and so do the results of formulas. Texts that formulas compare are told.
 */
export function parseSheet(
  source: string,
  isTurned: boolean,
  names: readonly string[],
  compared: readonly string[] = [],
): Document {
  const tokens = tokensOf(source, true)
  const paragraphs = new RunParagraphs(source, tokens, grammar, isTurned)
  const kept = new Set(names)
  paragraphs.scan(0, tokens.length, (open) => {
    const name = localName(tokens[open].name)
    return name === 'f' || (name === 'si' && kept.has(wordsOf(source, tokens, open)))
  })
  const views = isTurned ? tokens.filter(({ kind, name }) => kind === 'open' && localName(name) === 'sheetView') : []
  const edits: Edit[] = views.map((view) => withAttribute(source, view, 'rightToLeft', '1'))
  const document = new Document(source, withoutReadings(tokens, paragraphs.units), edits)
  const isCompared = comparisonWith(compared)
  document.compared = document.texts.map(({ text }) => text).filter(isCompared)
  return document
}

/** Texts whose translations drop how their characters are read aloud: it counts the characters. */
function withoutReadings(tokens: readonly Token[], units: readonly Unit[]): Unit[] {
  const dropped = new Map<number, Edit[]>() // by the texts' indices
  let next = 0
  tokens.forEach(({ kind, name, start, last }, i) => {
    if (kind !== 'open' || !grammar.blocks.has(localName(name))) return
    while (next < units.length && units[next].at < start) next++
    if (units[next]?.at >= tokens[last].end) return
    const readings = tokens.slice(i, last).filter((each) => each.kind === 'open' && localName(each.name) === 'rPh')
    const edits = readings.map((each) => ({ start: each.start, end: tokens[each.last].end, text: '' }))
    if (edits.length) dropped.set(next, edits)
  })
  return units.map((unit, i) => {
    const own = dropped.get(i)
    return own ? { ...unit, edits: (translation) => [...unit.edits(translation), ...own] } : unit
  })
}

/** The words of an element. */
const wordsOf = (source: string, tokens: readonly Token[], open: number) =>
  tokens
    .slice(open, tokens[open].last)
    .map(({ kind, start, end }) => (kind === 'text' ? decodeXML(source.slice(start, end)) : ''))
    .join('')

/** The names in a definition of a table or of a pivot table's fields, which cells have too. */
export const namesIn = (source: string): string[] =>
  tokensOf(source, true).flatMap(({ kind, name, attributes }) =>
    kind === 'open' && /^(?:tableColumn|cacheField)$/.test(localName(name)) ? decodeXML(attributes.name ?? '') : [],
  )
