import { GlassformerError } from '../../../base/errors.ts'
import { Document, moved } from '../document/document.ts'
import { type Token, tokensOf } from '../document/tokens.ts'
import { blocksOf, type Language } from './blocks.ts'
import { attributeUnits, htmlLanguage, type PageReading, pageLanguages } from './html.ts'
import { partsOf, spacesOf } from './xml.ts'

/** The tag options of a request. */
export interface TagHandling {
  form: 'xml' | 'html'
  /** Whether the structure of XML decides which elements are separate texts; otherwise only the named elements are. */
  outline: boolean
  /** Elements that are separate texts. */
  splitting: ReadonlySet<string>
  /** Elements that are part of the text around them. */
  nonSplitting: ReadonlySet<string>
  /** Elements that are not translated. */
  ignored: ReadonlySet<string>
}

/** This element wraps a fragment of XML into a document. */
const OPEN = '<fragment>'
const CLOSE = '</fragment>'

/** Parses a text with tags. @throws GlassformerError ERR_INPUT for XML whose tags do not match */
export function parseTagged(
  text: string,
  tags: TagHandling,
  { attributes = true, languages }: PageReading = {},
): Document {
  if (tags.form === 'html') {
    const tokens = tokensOf(text, false)
    const units = blocksOf(text, tokens, told(htmlLanguage(tokens), tokens, tags))
    if (attributes) units.push(...attributeUnits(text, tokens))
    units.sort((a, b) => a.at - b.at)
    return new Document(text, units, pageLanguages(text, tokens, languages))
  }
  const source = `${OPEN}${text}${CLOSE}`
  const tokens = tokensOf(source, true)
  if (
    tokens.some(({ kind, isClosed }) => kind === 'stray' || (kind === 'open' && !isClosed)) ||
    tokens[0].last !== tokens.length - 1
  )
    throw new GlassformerError('ERR_INPUT', 'Tag handling parsing failed, please check input.')
  const units = blocksOf(source, tokens, told(xmlLanguage(source, tokens, tags.outline), tokens, tags))
  return new Document(text, moved(units, -OPEN.length))
}

/** XML about which only the structure is known. */
function xmlLanguage(source: string, tokens: readonly Token[], outline: boolean): Language {
  const parts = partsOf(source, tokens)
  return {
    xmlMode: true,
    isCut: (tag) => outline && !parts.has(tag),
    turns: () => null,
    isSilent: () => false,
    spaceAt: spacesOf(tokens),
  }
}

/** A markup language with the tag options of a request. */
const told = (
  language: Language,
  tokens: readonly Token[],
  { splitting, nonSplitting, ignored }: TagHandling,
): Language => ({
  ...language,
  isCut(tag) {
    const { name } = tokens[tag]
    return splitting.has(name) || (!nonSplitting.has(name) && language.isCut(tag))
  },
  turns: (open) => (ignored.has(tokens[open].name) ? false : language.turns(open)),
})
