import { blocksOf, type Language } from './blocks.ts'
import { Document, type Unit } from './document.ts'
import { BLOCKS, KEPT, SILENT } from './html-elements.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Parses HTML, a page or a part of one. XHTML that begins with an XML declaration is read as XML. */
export function parseHtml(source: string): Document {
  return new Document(source, htmlUnits(source))
}

/** The texts of HTML. `translate="no"`, the class `notranslate` and code leave an element as it is. */
export function htmlUnits(source: string): Unit[] {
  const tokens = tokensOf(source, /^\ufeff?\s*<\?xml\s/.test(source))
  return blocksOf(source, tokens, htmlLanguage(tokens))
}

/** What HTML says of its elements. */
export const htmlLanguage = (tokens: readonly Token[]): Language => ({
  xmlMode: false,
  // A drawing without words is no part of this: it is left as it is.
  isCut: (tag) => BLOCKS.has(tokens[tag].name) || (tokens[tag].name === 'svg' && hasWords(tokens, tag)),
  turns: (open) => turnedBy(tokens[open]) ?? (tokens[open].name === 'svg' && !hasWords(tokens, open) ? false : null),
  isSilent: (name) => SILENT.has(name),
  spaceAt: () => /[ \t\n\r\f]+/g,
})

function turnedBy({ name, attributes }: Token): boolean | null {
  if (/^(?:yes|)$/i.test(attributes.translate ?? 'no')) return true
  if (/^no$/i.test(attributes.translate ?? '')) return false
  return /(?:^|\s)notranslate(?:\s|$)/.test(attributes.class ?? '') || KEPT.has(name) ? false : null
}

/** Whether a drawing, told by either of its tags, has words. */
function hasWords(tokens: readonly Token[], svg: number): boolean {
  if (tokens[svg].kind === 'close') return true // the close of one that has none is passed over with it
  return tokens
    .slice(svg, tokens[svg].last)
    .some(({ kind, name }) => kind === 'open' && /^(?:text|title|desc)$/.test(name))
}
