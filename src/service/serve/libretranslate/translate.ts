import type { PoolTranslator } from '../../../use/translate/calls/index.ts'
import type { TranslateOptions } from '../../../use/translate/options.ts'
import type { LibreRequest } from './translate-request.ts'

/** A translation, and alternatives for the same text. */
export interface LibreTranslation {
  text: string
  others: string[]
}

/** Translates the texts of a request. A document has one translation. */
export async function translateLibre(
  translator: PoolTranslator,
  { texts, format, alternatives: others }: LibreRequest,
  complete: (options: TranslateOptions) => TranslateOptions,
): Promise<LibreTranslation[]> {
  const needed = others + 1
  const search = {
    ...(others > 0 && { alternatives: needed }),
    ...(needed > translator.model.defaults.beams && { beams: needed }),
  }
  const translations = await translator.translate(texts, complete({ ...(format === 'text' && search), format }))
  return translations.map(({ text, alternatives = [] }) => ({
    text,
    others: alternatives.slice(1).map((each) => each.text),
  }))
}
