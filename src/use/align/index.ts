export { type AlignedPair, alignByVectors, alignByWords, documentSentences, documentTexts, minePairs } from './align.ts'
export { type SentenceVectors, vectorsOfEncoder, vectorsOfTranslator } from './sentence-vectors.ts'
