import { GlassformerError } from '../../../base/errors.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { splitSentences } from '../../../language/text/sentences/sentences.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { LanguageCodes } from './language-codes.ts'

/**
 * The options of each of `count` sentences. A draft that is a text is cut into sentences, which belong to those of the source in their order;
 * sentences after its last have none. @throws GlassformerError ERR_OPTION for a text where the model has no tokenizer
 */
export function sentenceDrafts(
  options: GenerationOptions,
  count: number,
  tokenizer: Tokenizer | null,
  languages: LanguageCodes = {},
): (sentence: number) => GenerationOptions {
  const { draft } = options
  if (typeof draft !== 'string' || draft === 'lookup') return () => options
  if (!tokenizer)
    throw new GlassformerError('ERR_OPTION', "option 'draft': the model has no tokenizer: give ids instead of a text")
  const texts = count > 1 ? splitSentences(draft, languages.targetLocale).sentences : [draft.trim()]
  return (sentence) => {
    const text = texts[sentence]
    return { ...options, draft: text ? tokenizer.encodeTarget(text, languages) : null }
  }
}
