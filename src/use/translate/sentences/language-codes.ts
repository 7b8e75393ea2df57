import { GlassformerError } from '../../../base/errors.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { type Languages, languageCode, languageTag } from '../../../language/text/languages.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'

/** Languages of a translation in the tokenizer's terms. */
export interface LanguageCodes {
  /** The tokenizer's codes. */
  source?: string
  target?: string
  /** The id that a translation begins with. */
  start?: number
  /** The BCP 47 tag of the source language. */
  locale?: string
  /** The BCP 47 tag of the target language. */
  targetLocale?: string
}

const told = new WeakMap<Languages, LanguageCodes>()

/**
 * The codes of the languages that a caller chooses. If no language is chosen for a side, a multilingual tokenizer
 * accepts any language there.
 * @throws GlassformerError ERR_OPTION, with a suggestion, for a language that the model does not have
 */
export function languageCodes(
  tokenizer: Tokenizer | null,
  languages: Languages | undefined,
  path: string,
): LanguageCodes {
  if (languages === undefined) return {}
  const known = told.get(languages)
  if (known) return known
  const { sourceLanguage, targetLanguage } = languages
  const codeOf = (
    option: 'sourceLanguage' | 'targetLanguage',
    given: string | undefined,
    side: 'source' | 'target',
  ) => {
    if (given === undefined) return undefined
    if (!tokenizer?.languages)
      throw new GlassformerError('ERR_OPTION', `option '${option}': ${path} cannot be told a language: leave it out`)
    const codes = tokenizer.languages[side]
    return codes === undefined ? undefined : languageCode(option, given, codes, path)
  }
  const source = codeOf('sourceLanguage', sourceLanguage, 'source')
  const target = codeOf('targetLanguage', targetLanguage, 'target')
  const found: LanguageCodes = {
    source,
    target,
    start: target === undefined ? undefined : tokenizer?.targetStart?.(target),
    locale: sourceLanguage === undefined ? undefined : languageTag(source ?? sourceLanguage),
    targetLocale: targetLanguage === undefined ? undefined : languageTag(target ?? targetLanguage),
  }
  told.set(languages, found)
  return found
}

/** The options of a search whose translations begin with the target's language. */
export const beginningWith = ({ start }: LanguageCodes, options: GenerationOptions): GenerationOptions =>
  start === undefined ? options : { ...options, forcedFirst: start }
