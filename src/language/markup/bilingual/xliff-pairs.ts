import { decodeXML } from 'entities'
import { present } from '../../../base/present.ts'
import { unreadable } from '../document/document.ts'
import type { Token } from '../document/tokens.ts'
import { localName, xmlTokens } from '../tags/xml.ts'
import { type BilingualUnit, inLanguages, lineCounter, type PairLanguages } from './bilingual.ts'
import { contentPieces } from './xliff-content.ts'

/** States of a target that nobody has translated: XLIFF 1.2 says them of the target, 2.x of the segment. */
const UNTRANSLATED = /^(?:new|needs-translation|initial)$/

/**
 * The units of XLIFF 1.2 or 2.x with their translations, as texts without tags; placeholders have their equivalents.
 * @throws GlassformerError ERR_INPUT, with the line, for a text that is not XLIFF
 */
export function* xliffPairs(text: string, asked: PairLanguages): Generator<BilingualUnit, void, undefined> {
  const tokens = xmlTokens(text)
  const root = present(tokens.find(({ kind }) => kind === 'open'))
  if (localName(root.name) !== 'xliff')
    throw unreadable(text, root.start, `this is no XLIFF: its root is <${root.name}>`)
  const lineOf = lineCounter(text)
  const own: PairLanguages = { source: root.attributes.srcLang, target: root.attributes.trgLang }
  const parents: Token[] = []
  for (const [i, token] of tokens.entries()) {
    if (token.kind === 'close') parents.pop()
    if (token.kind !== 'open') continue
    const [name, parent] = [localName(token.name), parents.at(-1)]
    if (token.last > i) parents.push(token)
    if (name === 'file') {
      own.source = token.attributes['source-language'] ?? root.attributes.srcLang
      own.target = token.attributes['target-language'] ?? root.attributes.trgLang
    }
    if (name !== 'source' || !parent || !/^(?:trans-unit|segment)$/.test(localName(parent.name))) continue
    const of = targetOf(tokens, i)
    const target = of < 0 ? '' : wordsOf(text, tokens, of)
    const state = (of < 0 ? undefined : tokens[of].attributes.state) ?? parent.attributes.state ?? ''
    const pair =
      target.trim() === '' || UNTRANSLATED.test(state)
        ? 'has no translation'
        : inLanguages(asked, own, wordsOf(text, tokens, i), target)
    const isKept = parents.some(({ attributes }) => attributes.translate === 'no')
    const tags = { source: tagsIn(text, tokens, i), target: of < 0 ? [] : tagsIn(text, tokens, of) }
    const checked = { source: wordsOf(text, tokens, i), target, tags, languages: { ...own } }
    yield { line: lineOf(token.start), pair, ...(!isKept && { checked }) }
  }
}

/** The index of the target beside a source; -1 where there is none. */
function targetOf(tokens: readonly Token[], source: number): number {
  for (let i = tokens[source].last + 1; i < tokens.length && tokens[i].kind !== 'close'; i++) {
    if (tokens[i].kind !== 'open') continue
    if (localName(tokens[i].name) === 'target') return i
    i = tokens[i].last
  }
  return -1
}

/** The inline elements of an element that are no placeholders with a text, by their names and numbers. */
const tagsIn = (text: string, tokens: readonly Token[], of: number): string[] =>
  contentPieces(text, tokens, of + 1, tokens[of].last).flatMap(({ kind, start, end }) => {
    const tag = kind === 'open' || kind === 'mark' ? /^<([\w:.-]+)/.exec(text.slice(start, end)) : null
    const id = tag && /\s(?:id|rid|startRef)=["']([^"']*)/.exec(text.slice(start, end).split('>')[0])?.[1]
    return tag ? `<${tag[1]}${id ? ` ${id}` : ''}>` : []
  })

/** The text of an element. A character that a translation would keep as it is counts as a character here. */
function wordsOf(text: string, tokens: readonly Token[], of: number): string {
  const parts = contentPieces(text, tokens, of + 1, tokens[of].last).map(({ kind, start, end, text: words }) => {
    if (kind !== 'mark') return words
    const raw = text.slice(start, end)
    return raw.startsWith('<![CDATA[')
      ? raw.slice('<![CDATA['.length, -']]>'.length)
      : raw.startsWith('&')
        ? decodeXML(raw)
        : ''
  })
  return parts.join('')
}
