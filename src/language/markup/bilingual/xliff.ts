import { lastOf, present } from '../../../base/present.ts'
import { Document, type Edit, leave, type Unit, unreadable } from '../document/document.ts'
import { escapeText } from '../document/entities.ts'
import { unitOf } from '../document/pieces.ts'
import type { Token } from '../document/tokens.ts'
import { localName, spacesOf, xmlTokens } from '../tags/xml.ts'
import { contentPieces } from './xliff-content.ts'

/**
 * Parses XLIFF 1.2 or 2.x: sources get targets. Existing targets stay unless `retranslate` is true or their state says that they
 * are no translations; units that are approved or final stay always, and so do those with translate="no".
 * @throws GlassformerError ERR_INPUT, with the line, for a text that is not XLIFF
 */
export function parseXliff(source: string, retranslate: boolean): Document {
  const tokens = xmlTokens(source)
  const root = present(tokens.find(({ kind }) => kind === 'open'))
  if (localName(root.name) !== 'xliff')
    throw unreadable(source, root.start, `this is no XLIFF: its root is <${root.name}>`)
  const spaceAt = spacesOf(tokens)
  const units: Unit[] = []
  const edits: Edit[] = []
  const open: Scope[] = [{ name: '', token: root, isOn: true, isDone: false, isNew: false }]
  tokens.forEach((token, i) => {
    const { kind, name, attributes, last } = token
    if (kind === 'close') open.pop()
    if (kind !== 'open') return
    const parent = lastOf(open)
    if (last > i)
      open.push({
        name: localName(name),
        token,
        isOn: attributes.translate ? attributes.translate !== 'no' : parent.isOn,
        isDone: parent.isDone || attributes.approved === 'yes' || isSegmentIn(token, 'final'),
        isNew: isSegmentIn(token, 'initial'),
      })
    if (localName(name) !== 'source' || !/^(?:trans-unit|segment)$/.test(parent.name) || !parent.isOn) return
    if (parent.isDone) return leave('translated')
    const place = placeOf(source, tokens, i, retranslate || parent.isNew)
    if (!place) return leave('translated')
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
          const written = source.slice(tokens[i].end, start) + text + source.slice(end, tokens[last].start)
          if (parent.name === 'segment') return [marked(source, parent.token, MACHINE_2), edit(written)]
          return [{ ...edit(written), start: place.tag.start, text: place.tag.text + written + place.after }]
        },
      })
  })
  return new Document(source, units, edits)
}

/** An open element: whether its texts are translated, have been approved, and have no translation, whatever stands there. */
interface Scope {
  name: string
  token: Token
  isOn: boolean
  isDone: boolean
  isNew: boolean
}

/** Whether an element is a segment of XLIFF 2 in a state. */
const isSegmentIn = ({ name, attributes }: Token, state: string) =>
  localName(name) === 'segment' && attributes.state === state

/** States of a target in XLIFF 1.2 that is no translation yet. */
const UNTRANSLATED = /^(?:new|needs-translation)$/

/** States of what a machine has translated: XLIFF 1.2 says them of the target, 2.x of the segment. */
const MACHINE = ' state="needs-review-translation" state-qualifier="mt-suggestion"'
const MACHINE_2 = ' state="translated" subState="glassformer:machine"'

/** An opening tag in another state. */
function marked(source: string, { start, end }: Token, state: string): Edit {
  const close = source.startsWith('/>', end - 2) ? '/>' : '>'
  const written = source.slice(start, end - close.length).trimEnd()
  return { start, end, text: written.replace(STATE, '') + state + close }
}

const STATE = /\s(?:state|state-qualifier|subState)=(?:"[^"]*"|'[^']*')/g

/**
 * The place for the target of a source, the text around it there, and its opening tag where a machine translates; null where an
 * existing target stays.
 */
function placeOf(source: string, tokens: readonly Token[], of: number, retranslate: boolean) {
  let lastOfSource = tokens[of].last
  for (let i = lastOfSource + 1; i < tokens.length && tokens[i].kind !== 'close'; i++) {
    if (tokens[i].kind !== 'open') continue
    const { name, start, end, last, attributes } = tokens[i]
    if (localName(name) === 'target') {
      const close = tokens[last]
      const isMissing = UNTRANSLATED.test(attributes.state ?? '')
      if (!retranslate && !isMissing && source.slice(end, close.start).trim() !== '') return null
      const tag = { start, text: marked(source, tokens[i], MACHINE).text.replace(/\/>$/, '>') }
      if (last > i) return { start: end, end: close.start, before: '', after: '', tag }
      return { start, end, before: `${source.slice(start, end - '/>'.length).trimEnd()}>`, after: `</${name}>`, tag }
    }
    if (localName(name) === 'source') break
    if (localName(name) === 'seg-source') lastOfSource = last
    i = last
  }
  const { name, start } = tokens[of]
  const target = name.replace(/source$/, 'target')
  const indent = indentBefore(source, start)
  const end = tokens[lastOfSource].end
  const tag = { start: end, text: `${indent}<${target}${MACHINE}>` }
  return { start: end, end, before: `${indent}<${target}>`, after: `</${target}>`, tag }
}

/** The line end before a place, with the white space between; empty where other characters are between. */
function indentBefore(source: string, place: number): string {
  let at = place
  while (source[at - 1] === ' ' || source[at - 1] === '\t') at--
  const isEnd = source[at - 1] === '\n' || source[at - 1] === '\r'
  return isEnd ? source.slice(source.startsWith('\r\n', at - 2) ? at - 2 : at - 1, place) : ''
}
