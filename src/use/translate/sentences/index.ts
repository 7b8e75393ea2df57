/** Face of translate/sentences/: what other rooms use of how texts become sentences and back. */
export type { GlossaryTerm } from './glossary.ts'
export { PreparedGlossary } from './prepared-glossary.ts'
export { SentenceIds } from './sentence-ids.ts'
export type { TokenVocabulary } from './token-vocabulary.ts'
export { beginningWith, toldLanguages } from './told-languages.ts'
