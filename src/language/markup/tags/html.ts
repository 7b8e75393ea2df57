import { attributeUnit, withAttribute } from '../document/attributes.ts'
import { Document, type Edit, type Unit } from '../document/document.ts'
import { isSource, languageEdits, type SaidLanguages } from '../document/said-languages.ts'
import { firstAtLeast, type Token, tokensOf } from '../document/tokens.ts'
import { blocksOf, type Language } from './blocks.ts'
import { BLOCKS, KEPT, READ_ALOUD, READINGS, SILENT } from './html-elements.ts'

/** How a page is read. */
export interface PageReading {
  /** Whether values of attributes that readers see or hear are translated. */
  attributes?: boolean
  languages?: SaidLanguages
}

/** Parses HTML, a page or a part of one. XHTML with an XML declaration is read as XML. */
export function parseHtml(source: string, reading: PageReading = {}): Document {
  const tokens = tokensOf(source, /^\ufeff?\s*<\?xml\s/.test(source))
  return new Document(source, unitsIn(source, tokens, reading), pageLanguages(source, tokens, reading.languages))
}

/**
 * The texts of HTML. Elements with `translate="no"`, elements of the class `notranslate` and code are not translated.
 */
export function htmlUnits(source: string, reading: PageReading = {}): Unit[] {
  return unitsIn(source, tokensOf(source, /^\ufeff?\s*<\?xml\s/.test(source)), reading)
}

function unitsIn(source: string, tokens: readonly Token[], { attributes = true }: PageReading): Unit[] {
  const units = blocksOf(source, tokens, htmlLanguage(tokens))
  return attributes ? [...units, ...attributeUnits(source, tokens)].sort((a, b) => a.at - b.at) : units
}

/** The edits by which a page says the language of its translation. */
export function pageLanguages(source: string, tokens: readonly Token[], languages?: SaidLanguages): Edit[] {
  const said = languageEdits(source, tokens, languages, ['lang', 'xml:lang'])
  if (!languages) return said
  const root = tokens.find(({ kind, name }) => kind === 'open' && name === 'html')?.attributes
  const from = languages.source ?? root?.lang ?? root?.['xml:lang']
  const metas = tokens.filter(
    ({ kind, name, attributes }) =>
      kind === 'open' &&
      name === 'meta' &&
      /^content-language$/i.test(attributes['http-equiv'] ?? '') &&
      isSource(attributes.content ?? '', from),
  )
  return [...said, ...metas.map((meta) => withAttribute(source, meta, 'content', languages.target))]
}

/** Attributes that readers see or hear, by their elements; `*`: all elements. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  '*': ['title', 'aria-label', 'aria-description', 'aria-placeholder', 'aria-roledescription', 'aria-valuetext'],
  img: ['alt'],
  area: ['alt'],
  input: ['placeholder'],
  textarea: ['placeholder'],
  track: ['label'],
  option: ['label'],
  optgroup: ['label'],
}

/** Names of `<meta>` whose contents are shown by searches and where a page is shared. */
const META = /^(?:description|keywords|(?:og|twitter):(?:title|description|image:alt))$/i

/** The values of attributes that readers see or hear, outside of elements with `translate="no"`. */
export function attributeUnits(source: string, tokens: readonly Token[]): Unit[] {
  const units: Unit[] = []
  const scopes: { last: number; isOn: boolean }[] = []
  tokens.forEach((token, i) => {
    while (scopes.length && (scopes.at(-1)?.last ?? 0) < i) scopes.pop()
    if (token.kind !== 'open') return
    const told = toldBy(token)
    const isOn = told ?? scopes.at(-1)?.isOn ?? true
    const within = told ?? (KEPT.has(token.name) ? false : null)
    if (within !== null && token.last > i) scopes.push({ last: token.last, isOn: within })
    if (isOn) for (const name of shownBy(token)) addTo(units, attributeUnit(source, token, name, true))
  })
  return units
}

function addTo(units: Unit[], unit: Unit | null): void {
  if (unit) units.push(unit)
}

function shownBy({ name, attributes }: Token): string[] {
  const names = [...SHOWN['*'], ...(Object.hasOwn(SHOWN, name) ? SHOWN[name] : [])]
  if (name === 'meta' && META.test(attributes.name ?? attributes.property ?? '')) names.push('content')
  if (name === 'input' && /^(?:button|reset|submit)$/i.test(attributes.type ?? '')) names.push('value')
  if (name === 'input' && /^image$/i.test(attributes.type ?? '')) names.push('alt')
  return names.filter((each) => Object.hasOwn(attributes, each))
}

/** HTML's rules for its elements. */
export function htmlLanguage(tokens: readonly Token[]): Language {
  // A drawing without words is not part of this: it is not translated.
  const hasWords = drawingsWithWords(tokens)
  return {
    xmlMode: false,
    isCut: (tag) => BLOCKS.has(tokens[tag].name) || (tokens[tag].name === 'svg' && hasWords(tag)),
    turns: (open) => turnedBy(tokens[open]) ?? (tokens[open].name === 'svg' && !hasWords(open) ? false : null),
    isSilent: (name) => SILENT.has(name),
    drops: (name) => (READINGS.has(name) ? 'element' : READ_ALOUD.has(name) ? 'tags' : null),
    spaceAt: () => /[ \t\n\r\f]+/g,
  }
}

const turnedBy = (token: Token): boolean | null => toldBy(token) ?? (KEPT.has(token.name) ? false : null)

/** Whether an element says that it is translated, or that it is not; null where it does not say. */
function toldBy({ attributes }: Token): boolean | null {
  if (/^(?:yes|)$/i.test(attributes.translate ?? 'no')) return true
  if (/^no$/i.test(attributes.translate ?? '')) return false
  return /(?:^|\s)notranslate(?:\s|$)/.test(attributes.class ?? '') ? false : null
}

/** Tells whether a drawing has words; `token` is either of its tags. */
function drawingsWithWords(tokens: readonly Token[]): (svg: number) => boolean {
  const texts = tokens.flatMap(({ kind, name }, i) =>
    kind === 'open' && /^(?:text|title|desc)$/.test(name) ? [i] : [],
  )
  // The closing tag of a drawing without words is skipped with it.
  return (svg) => tokens[svg].kind === 'close' || firstAtLeast(texts, svg) < tokens[svg].last
}
