/**
 * Face of translate/sentences/: what other rooms use of dividing texts into sentences and joining their translations.
 */
export { type Confidence, type ConfidentWord, probabilityOf, type ScoredWord, scoredWords } from './confidence.ts'
export type { GlossaryTerm } from './glossary.ts'
export { PreparedGlossary } from './prepared-glossary.ts'
export { SentenceIds } from './sentence-ids.ts'
export type { TokenVocabulary } from './token-vocabulary.ts'
export { beginningWith, toldLanguages } from './told-languages.ts'
