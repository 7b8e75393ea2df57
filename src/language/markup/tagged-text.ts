import { GlassformerError } from '../../base/errors.ts'
import { blocksOf, type Language } from './blocks.ts'
import { Document, moved } from './document.ts'
import { htmlLanguage } from './html.ts'
import { type Token, tokensOf } from './tokens.ts'
import { partsOf, spacesOf } from './xml.ts'

/** What a request says about tags. */
export interface TagHandling {
  form: 'xml' | 'html'
  /** Whether the structure of XML says which elements are texts of their own; else only those do that are named. */
  outline: boolean
  /** Elements that are texts of their own. */
  splitting: ReadonlySet<string>
  /** Elements that are parts of the text around them. */
  nonSplitting: ReadonlySet<string>
  /** Elements that stay as they are. */
  ignored: ReadonlySet<string>
}

/** A fragment of XML becomes a document in this element. */
const OPEN = '<fragment>'
const CLOSE = '</fragment>'

/** Parses a text with tags. @throws GlassformerError ERR_INPUT for XML whose tags do not match */
export function parseTagged(text: string, tags: TagHandling): Document {
  if (tags.form === 'html') {
    const tokens = tokensOf(text, false)
    return new Document(text, blocksOf(text, tokens, told(htmlLanguage(tokens), tokens, tags)))
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

/** XML of which nothing is known but its structure. */
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

/** A language with what a request says of its elements. */
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
