import { blocksOf, type Language } from './blocks.ts'
import { Document, type Unit } from './document.ts'
import { firstAtLeast } from './first-at-least.ts'
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
export function htmlLanguage(tokens: readonly Token[]): Language {
  // A drawing without words is no part of this: it is left as it is.
  const hasWords = drawingsWithWords(tokens)
  return {
    xmlMode: false,
    isCut: (tag) => BLOCKS.has(tokens[tag].name) || (tokens[tag].name === 'svg' && hasWords(tag)),
    turns: (open) => turnedBy(tokens[open]) ?? (tokens[open].name === 'svg' && !hasWords(open) ? false : null),
    isSilent: (name) => SILENT.has(name),
    spaceAt: () => /[ \t\n\r\f]+/g,
  }
}

function turnedBy({ name, attributes }: Token): boolean | null {
  if (/^(?:yes|)$/i.test(attributes.translate ?? 'no')) return true
  if (/^no$/i.test(attributes.translate ?? '')) return false
  return /(?:^|\s)notranslate(?:\s|$)/.test(attributes.class ?? '') || KEPT.has(name) ? false : null
}

/** Tells of a drawing, by either of its tags, whether it has words. */
function drawingsWithWords(tokens: readonly Token[]): (svg: number) => boolean {
  const texts = tokens.flatMap(({ kind, name }, i) =>
    kind === 'open' && /^(?:text|title|desc)$/.test(name) ? [i] : [],
  )
  // The close of a drawing that has none is passed over with it.
  return (svg) => tokens[svg].kind === 'close' || firstAtLeast(texts, svg) < tokens[svg].last
}
