import { Document, type Edit, type Unit, unreadable } from '../document/document.ts'
import { escapeText } from '../document/entities.ts'
import { unitOf } from '../document/pieces.ts'
import type { Token } from '../document/tokens.ts'
import { localName, spacesOf, xmlTokens } from '../tags/xml.ts'
import { contentPieces } from './xliff-content.ts'

/**
 * Parses XLIFF 1.2 or 2.x: sources get targets. Existing targets stay unless `retranslate` is true, and so do units
 * with translate="no".
 * @throws GlassformerError ERR_INPUT, with the line, for a text that is not XLIFF
 */
export function parseXliff(source: string, retranslate: boolean): Document {
  const tokens = xmlTokens(source)
  const root = tokens.find(({ kind }) => kind === 'open')!
  if (localName(root.name) !== 'xliff')
    throw unreadable(source, root.start, `this is no XLIFF: its root is <${root.name}>`)
  const spaceAt = spacesOf(tokens)
  const units: Unit[] = []
  const edits: Edit[] = []
  const open: { name: string; isOn: boolean }[] = [{ name: '', isOn: true }]
  tokens.forEach(({ kind, name, attributes, last }, i) => {
    if (kind === 'close') open.pop()
    if (kind !== 'open') return
    const parent = open.at(-1)!
    if (last > i)
      open.push({ name: localName(name), isOn: attributes.translate ? attributes.translate !== 'no' : parent.isOn })
    if (localName(name) !== 'source' || !/^(?:trans-unit|segment)$/.test(parent.name) || !parent.isOn) return
    const place = placeOf(source, tokens, i, retranslate)
    if (!place) return
    const writing = { source, space: spaceAt(i), escaped: escapeText }
    const unit = unitOf(contentPieces(source, tokens, i + 1, last), writing)
    const content = source.slice(tokens[i].end, tokens[last].start)
    const edit = (text: string): Edit => ({ ...place, text: place.before + text + place.after })
    if (!unit) edits.push(edit(content))
    else
      units.push({
        ...unit,
        edits: (translation) => {
          const [{ start, end, text }] = unit.edits(translation)
          return [edit(source.slice(tokens[i].end, start) + text + source.slice(end, tokens[last].start))]
        },
      })
  })
  return new Document(source, units, edits)
}

/** The place for the target of a source, and the text around it there; null where an existing target stays. */
function placeOf(source: string, tokens: readonly Token[], of: number, retranslate: boolean) {
  let behind = tokens[of].last
  for (let i = behind + 1; i < tokens.length && tokens[i].kind !== 'close'; i++) {
    if (tokens[i].kind !== 'open') continue
    const { name, start, end, last } = tokens[i]
    if (localName(name) === 'target') {
      const close = tokens[last]
      if (!retranslate && source.slice(end, close.start).trim() !== '') return null
      if (last > i) return { start: end, end: close.start, before: '', after: '' }
      return { start, end, before: `${source.slice(start, end - '/>'.length).trimEnd()}>`, after: `</${name}>` }
    }
    if (localName(name) === 'source') break
    if (localName(name) === 'seg-source') behind = last
    i = last
  }
  const { name, start } = tokens[of]
  const target = name.replace(/source$/, 'target')
  const indent = indentBefore(source, start)
  const end = tokens[behind].end
  return { start: end, end, before: `${indent}<${target}>`, after: `</${target}>` }
}

/** The line end before a place, with the white space between; empty where other characters are between. */
function indentBefore(source: string, place: number): string {
  let at = place
  while (source[at - 1] === ' ' || source[at - 1] === '\t') at--
  const isEnd = source[at - 1] === '\n' || source[at - 1] === '\r'
  return isEnd ? source.slice(source.startsWith('\r\n', at - 2) ? at - 2 : at - 1, place) : ''
}
