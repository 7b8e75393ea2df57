export { type AlignedPair, alignByVectors, alignByWords, documentSentences, minePairs } from './align.ts'
export { type SentenceVectors, vectorsOfEncoder, vectorsOfTranslator } from './sentence-vectors.ts'
