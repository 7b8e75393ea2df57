import { pairsOf } from '../models/choose-model.ts'
import type { ServedModel } from '../models/served-model.ts'
import { asSource, asTargets, type DeeplLanguage, takesFormality } from './codes.ts'

/** The source languages of models. */
export const sourceLanguages = (models: readonly ServedModel[]): DeeplLanguage[] =>
  byName([...pairsOf(models).keys()].map(asSource))

/** The target languages of models, in DeepL's variants. */
export function targetLanguages(models: readonly ServedModel[]): (DeeplLanguage & { supports_formality: boolean })[] {
  const codes = new Set([...pairsOf(models).values()].flatMap((targets) => [...targets]))
  return byName([...codes].flatMap(asTargets)).map((each) => ({
    ...each,
    supports_formality: takesFormality(each.language),
  }))
}

const byName = (languages: DeeplLanguage[]) => languages.sort((a, b) => a.name.localeCompare(b.name, 'en'))
