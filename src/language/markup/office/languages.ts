import { withAttribute } from '../document/attributes.ts'
import { type Edit, edited } from '../document/document.ts'
import { isSource, type SaidLanguages, withRegion } from '../document/said-languages.ts'
import { type Token, tokensOf } from '../document/tokens.ts'
import { localName } from '../tags/xml.ts'
import type { PartKind } from './parts.ts'

/**
 * A part of an office document or a book that says the language of the translation wherever it said that of the source, and
 * in its defaults in any case.
 */
export function inLanguage(source: string, kind: PartKind, languages: SaidLanguages): string {
  if (kind === 'sheet' || kind === 'book' || !/lang/i.test(source)) return source
  const tokens = tokensOf(source, true)
  const said = { source, tokens, languages, to: withRegion(languages.target), isDefault: false }
  const properties = /^(?:properties|languages|labels)$/.test(kind) ? propertiesIn(said, kind) : []
  let defaults = -1 // the last token of the defaults of a document
  const edits = tokens.flatMap((token, i) => {
    if (token.kind !== 'open') return []
    if (DEFAULTS.test(localName(token.name))) defaults = token.last
    const place = { ...said, isDefault: i <= defaults || (kind === 'languages' && DRAWN.test(localName(token.name))) }
    return kind === 'open document' ? openDocument(token, place) : officeXml(token, place)
  })
  return edited(source, [...properties, ...edits])
}

/** A part at work: its tokens, and what it says from now on. */
interface Saying {
  source: string
  tokens: readonly Token[]
  languages: SaidLanguages
  /** The target with its region: 'en-US'. */
  to: string
  /** Whether an element says the language of texts that say none themselves. */
  isDefault: boolean
}

/** Elements with the defaults of a document of Word, and of OpenDocument's styles. */
const DEFAULTS = /^(?:docDefaults|default-style)$/
/** Properties of runs of DrawingML. */
const DRAWN = /^(?:rPr|endParaRPr|defRPr)$/
/** Texts of no language. */
const NO_LANGUAGE = /^(?:zxx|none|x-none|)$/

/** Languages whose scripts Word and LibreOffice keep apart from others. */
const ASIAN = /^(?:ja|ko|zh)\b/
const COMPLEX = /^(?:ar|bn|dv|fa|gu|he|hi|kn|km|lo|ml|mr|my|ne|pa|ps|sd|si|ta|te|th|ug|ur|yi)\b/

/** Whether an element that says these languages says that of the translation from now on. */
const changes = (said: readonly (string | undefined)[], { isDefault, languages }: Saying): boolean =>
  said.some((each) => each !== undefined && isSource(each, languages.source)) ||
  (isDefault && said[0] !== undefined && !NO_LANGUAGE.test(said[0]))

/** The name of an attribute by its local name, with the prefix that the element gives it. */
const attributeOf = ({ attributes }: Token, local: string): string | undefined =>
  Object.keys(attributes).find((name) => localName(name) === local)

/**
 * Office Open XML. Word and charts have an element with a value (`w:lang w:val`), beside it those for other scripts;
 * drawings have an attribute of a run (`a:rPr lang`).
 */
function officeXml(token: Token, said: Saying): Edit[] {
  const { source, to } = said
  const { attributes } = token
  const local = localName(token.name)
  if (DRAWN.test(local))
    return attributes.lang !== undefined && changes([attributes.lang], said)
      ? [withAttribute(source, token, 'lang', to)]
      : []
  if (local !== 'lang' && local !== 'themeFontLang') return []
  const [value, asian, complex] = ['val', 'eastAsia', 'bidi'].map((name) => attributeOf(token, name))
  const own = [value, asian, complex].map((name) => (name === undefined ? undefined : attributes[name]))
  if (!changes(own, said)) return []
  const prefix =
    (value ?? asian ?? complex ?? '')
      .split(':')
      .slice(0, -1)
      .map((each) => `${each}:`)[0] ?? ''
  const apart = ASIAN.test(to) ? 'eastAsia' : COMPLEX.test(to) ? 'bidi' : null
  return ['val', ...(apart && prefix ? [apart] : [])].map((name) => withAttribute(source, token, prefix + name, to))
}

/** OpenDocument's properties of texts: `fo:language` and `fo:country`, and those of other scripts. */
function openDocument(token: Token, said: Saying): Edit[] {
  const { source } = said
  const { attributes } = token
  if (localName(token.name) !== 'text-properties') return []
  const own = ['fo:language', 'style:language-asian', 'style:language-complex'].map((name) => attributes[name])
  if (!changes(own, said)) return []
  const { language, region = 'none' } = new Intl.Locale(said.to)
  const set = (kind: string, apart: string) => [
    withAttribute(source, token, `${kind}:language${apart}`, language),
    withAttribute(source, token, `${kind}:country${apart}`, region),
  ]
  const apart = ASIAN.test(said.to) ? '-asian' : COMPLEX.test(said.to) ? '-complex' : null
  return [...set('fo', ''), ...(apart === null ? [] : set('style', apart))]
}

/**
 * Properties of a document, a book or its labels: `dc:language`, those of the source or else the first one, and `xml:lang`
 * of texts that are translated.
 */
function propertiesIn({ source, tokens, languages, to }: Saying, kind: PartKind): Edit[] {
  const named = tokens.flatMap(({ kind, name, end, last }, i) => {
    if (kind !== 'open' || localName(name) !== 'language' || last === i) return []
    const text = source.slice(end, tokens[last].start)
    return text.includes('<') || text.trim() === '' ? [] : { start: end, end: tokens[last].start, text: text.trim() }
  })
  const own = named.filter(({ text }) => isSource(text, languages.source))
  const language = (own.length ? own : named.slice(0, 1)).map((each) => ({
    ...each,
    text: /[-_]/.test(each.text) ? to : languages.target,
  }))
  if (kind === 'languages') return language
  const attributes = tokens.filter(
    ({ kind, attributes }) => kind === 'open' && isSource(attributes['xml:lang'] ?? '', languages.source),
  )
  return [...language, ...attributes.map((token) => withAttribute(source, token, 'xml:lang', languages.target))]
}
