export { type AlignedPair, alignByVectors, alignByWords, minePairs } from './align.ts'
export { documentSentences } from './document-sentences.ts'
export { type SentenceVectors, vectorsOfEncoder, vectorsOfTranslator } from './sentence-vectors.ts'
