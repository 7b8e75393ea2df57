import { languageTag } from '../../text/languages.ts'
import { withAttribute } from './attributes.ts'
import type { Edit } from './document.ts'
import type { Token } from './tokens.ts'

/** The languages of a translation, which its document says: tags of BCP 47. */
export interface SaidLanguages {
  /** Undefined where it is not known: the document's root says it. */
  source?: string
  target: string
}

/** Whether a document that says this language says that of the source. */
export function isSource(said: string, source: string | undefined): boolean {
  const [own, asked] = [said, source].map((each) => each && languageTag(each.trim())?.split('-')[0])
  return own !== undefined && own === asked
}

/** The edits by which elements that say the language of the source, and the root in any case, say that of the translation. */
export function languageEdits(
  source: string,
  tokens: readonly Token[],
  languages: SaidLanguages | undefined,
  attributes: readonly string[],
): Edit[] {
  if (!languages) return []
  const root = tokens.find(({ kind }) => kind === 'open')
  // A translation memory says the languages of texts that stand side by side.
  if (root?.name === 'tmx') return []
  const rootSays = attributes.map((name) => root?.attributes[name]).find((said) => said !== undefined)
  const from = languages.source ?? rootSays
  const isPage = root?.name === 'html'
  return tokens.flatMap((token) => {
    if (token.kind !== 'open') return []
    return attributes.flatMap((name) => {
      const said = token.attributes[name]
      if (said === undefined || !(isSource(said, from) || (isPage && token === root))) return []
      return withAttribute(source, token, name, languages.target)
    })
  })
}

/** A tag with its usual region, as office documents have it: 'fr-FR' for 'fr', 'sr-Latn-RS' for 'sr-Latn'. */
export const withRegion = (tag: string): string => {
  const { language, script, region } = new Intl.Locale(tag)
  const usual = new Intl.Locale(tag).maximize()
  // Chinese in traditional script is told by its region.
  const own = script === new Intl.Locale(language, { region: usual.region }).maximize().script ? undefined : script
  return new Intl.Locale(language, { script: own, region: region ?? usual.region }).toString()
}
