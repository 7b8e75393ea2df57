import { Document, type Unit } from '../document/document.ts'
import { firstAtLeast, type Token, tokensOf } from '../document/tokens.ts'
import { blocksOf, type Language } from './blocks.ts'
import { BLOCKS, KEPT, SILENT } from './html-elements.ts'

/** Parses HTML, a page or a part of one. XHTML with an XML declaration is read as XML. */
export function parseHtml(source: string): Document {
  return new Document(source, htmlUnits(source))
}

/**
 * The texts of HTML. Elements with `translate="no"`, elements of the class `notranslate` and code are not translated.
 */
export function htmlUnits(source: string): Unit[] {
  const tokens = tokensOf(source, /^\ufeff?\s*<\?xml\s/.test(source))
  return blocksOf(source, tokens, htmlLanguage(tokens))
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
    spaceAt: () => /[ \t\n\r\f]+/g,
  }
}

function turnedBy({ name, attributes }: Token): boolean | null {
  if (/^(?:yes|)$/i.test(attributes.translate ?? 'no')) return true
  if (/^no$/i.test(attributes.translate ?? '')) return false
  return /(?:^|\s)notranslate(?:\s|$)/.test(attributes.class ?? '') || KEPT.has(name) ? false : null
}

/** Tells whether a drawing has words; `token` is either of its tags. */
function drawingsWithWords(tokens: readonly Token[]): (svg: number) => boolean {
  const texts = tokens.flatMap(({ kind, name }, i) =>
    kind === 'open' && /^(?:text|title|desc)$/.test(name) ? [i] : [],
  )
  // The closing tag of a drawing without words is skipped with it.
  return (svg) => tokens[svg].kind === 'close' || firstAtLeast(texts, svg) < tokens[svg].last
}
