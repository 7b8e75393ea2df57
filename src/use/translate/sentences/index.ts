/**
 * Face of translate/sentences/: what other rooms use of dividing texts into sentences and joining their translations.
 */

export { PreparedGlossary } from '../options/prepared-glossary.ts'
export {
  type Confidence,
  type ConfidentWord,
  probabilityOf,
  type ScoredWord,
  scoredWords,
} from '../translation/confidence.ts'
export type { GlossaryTerm } from '../translation/translation.ts'
export { beginningWith, languageCodes } from './language-codes.ts'
export { SentenceIds } from './sentence-ids.ts'
export type { TokenVocabulary } from './token-vocabulary.ts'
