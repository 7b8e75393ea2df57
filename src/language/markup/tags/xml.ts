import { lastOf } from '../../../base/present.ts'
import { Document, unreadable } from '../document/document.ts'
import { languageEdits, type SaidLanguages } from '../document/said-languages.ts'
import { type Token, tokensOf } from '../document/tokens.ts'
import { androidEscapes, isAndroid } from './android-strings.ts'
import { blocksOf } from './blocks.ts'

/** Elements of DocBook, DITA, SVG and XHTML whose content is code. */
const CODE =
  /^(?:code|codeblock|codeph|command|computeroutput|filename|filepath|kbd|literal|literallayout|math|msgph|pre|programlisting|samp|screen|script|style|synopsis|systemoutput|userinput|varname)$/

/** Names without their namespace prefix. */
export const localName = (name: string) => name.slice(name.indexOf(':') + 1)

/**
 * Parses XML. An element with words beside its child elements is one text, with these elements as spans; elements with
 * `translate="no"` (also ITS's) or Android's `translatable="false"` are not translated.
 * @throws GlassformerError ERR_INPUT, with the line, where tags do not match
 */
export function parseXml(source: string, languages?: SaidLanguages): Document {
  const tokens = xmlTokens(source)
  const parts = partsOf(source, tokens)
  const units = blocksOf(source, tokens, {
    xmlMode: true,
    isCut: (tag) => !parts.has(tag),
    turns: (open) => turnedBy(tokens[open]),
    isSilent: (name) => /^(?:script|style|math)$/.test(localName(name)),
    spaceAt: spacesOf(tokens),
    ...(isAndroid(tokens) && { escapes: androidEscapes(source) }),
  })
  return new Document(source, units, languageEdits(source, tokens, languages, ['xml:lang']))
}

/** The tokens of XML. @throws GlassformerError ERR_INPUT, with the line, where tags do not match */
export function xmlTokens(source: string): Token[] {
  const tokens = tokensOf(source, true)
  for (const { kind, name, start, end, isClosed } of tokens) {
    if (kind === 'open' && !isClosed) throw unreadable(source, start, `no </${name}> closes <${name}>, as XML asks`)
    const text = source.slice(start, end).trim()
    if (kind === 'stray' && text !== '')
      throw unreadable(source, start, `${JSON.stringify(text.slice(0, 40))} is no XML: it closes nothing that is open`)
  }
  if (!tokens.some(({ kind }) => kind === 'open')) throw unreadable(source, 0, 'this is no XML: it has no element')
  return tokens
}

function turnedBy({ name, attributes }: Token): boolean | null {
  const told = attributes.translate ?? attributes['its:translate']
  if (told === 'yes') return true
  if (told === 'no' || attributes.translatable === 'false') return false
  return CODE.test(localName(name)) ? false : null
}

/** The tags that are part of a text: those in elements that have words beside elements. */
export function partsOf(source: string, tokens: readonly Token[]): Set<number> {
  const parents: number[] = []
  const withWords = new Set<number>()
  tokens.forEach(({ kind, start, end, last }, i) => {
    if (kind === 'open' && last > i) parents.push(i)
    if (kind === 'close') parents.pop()
    if (kind === 'text' && parents.length && source.slice(start, end).trim() !== '') withWords.add(lastOf(parents))
  })
  const parts = new Set<number>()
  let within = -1 // the last token of the outermost element with words
  tokens.forEach(({ kind, last }, i) => {
    if (i <= within && i !== within && (kind === 'open' || kind === 'close')) parts.add(i)
    else if (kind === 'open' && i > within && withWords.has(i)) within = last
  })
  return parts
}

const SPACE = /[ \t\r\n]+/g

/** For each token, the white space that is one space: none where `xml:space="preserve"` applies. */
export function spacesOf(tokens: readonly Token[]): (token: number) => RegExp | null {
  if (!tokens.some(({ attributes }) => 'xml:space' in attributes)) return () => SPACE
  const kept: boolean[] = []
  const open: boolean[] = [false]
  tokens.forEach(({ kind, attributes, last }, i) => {
    const told = attributes['xml:space']
    const within = told === undefined ? lastOf(open) : told === 'preserve'
    kept.push(kind === 'open' ? within : lastOf(open))
    if (kind === 'open' && last > i) open.push(within)
    if (kind === 'close') open.pop()
  })
  return (token) => (kept[token] ? null : SPACE)
}
