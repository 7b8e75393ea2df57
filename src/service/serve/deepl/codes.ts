import { plainTag } from '../models/choose-model.ts'
import { languageName } from '../models/model-languages.ts'

/** A language as DeepL lists it. */
export interface DeeplLanguage {
  language: string
  name: string
}

/** DeepL's target variants of languages with several. */
const variants: Readonly<Record<string, readonly DeeplLanguage[]>> = {
  EN: [
    { language: 'EN-GB', name: 'English (British)' },
    { language: 'EN-US', name: 'English (American)' },
  ],
  PT: [
    { language: 'PT-BR', name: 'Portuguese (Brazilian)' },
    { language: 'PT-PT', name: 'Portuguese (European)' },
  ],
}

/** DeepL's code of a model's language: `FR`. */
export const deeplCode = (code: string): string => {
  const tag = plainTag(code).toUpperCase()
  return tag === 'NO' ? 'NB' : tag
}

export const asSource = (code: string): DeeplLanguage => ({ language: deeplCode(code), name: languageName(code) })

export const asTargets = (code: string): readonly DeeplLanguage[] => variants[deeplCode(code)] ?? [asSource(code)]

/** The targets for which DeepL supports formality: for others it refuses `more` and `less`. */
const formal = new Set(['DE', 'ES', 'FR', 'IT', 'JA', 'NL', 'PL', 'PT', 'RU'])

/** Whether DeepL supports formality for a target. */
export const takesFormality = (target: string): boolean => formal.has(target.toUpperCase().split('-', 1)[0])

/** DeepL's code of a language without its variant: glossaries apply to all variants. */
export const baseCode = (code: string): string => code.toUpperCase().split('-', 1)[0]
