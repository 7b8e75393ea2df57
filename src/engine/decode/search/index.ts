/** Face of decode/search/: what other rooms use of the searches. */

export type { Hypothesis } from '../hypotheses/hypothesis.ts'
export { rankOf, type TranscriptRanking } from '../hypotheses/hypothesis.ts'
export { logSumExp } from '../hypotheses/log-softmax.ts'
export { type TokenTexts, tokenTextsOf } from '../hypotheses/token-texts.ts'
export { penalized } from './length-penalty.ts'
export type { Choosers } from './processor-chain.ts'
export type { Finished, FinishReason, Found } from './search.ts'
export type { Fate, SearchObserver } from './search-observer.ts'
export { type Spelling, type Term, type TermForm, type TermPlace, termsIn } from './terms.ts'
