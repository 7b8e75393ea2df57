/** Face of decode/search/: what other rooms use of the searches. */
export type { Hypothesis } from './hypothesis.ts'
export { penalized } from './length-penalty.ts'
export { logSumExp } from './log-softmax.ts'
export type { Finished, FinishReason, Found } from './search.ts'
export type { Fate, SearchObserver } from './search-observer.ts'
export { type Surface, surfaceOf } from './surface.ts'
export { type Spelling, type Term, type TermForm, type TermPlace, termsIn } from './terms.ts'
export { rankOf, type TranscriptRanking } from './transcript-ranking.ts'
