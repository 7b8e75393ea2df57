import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import type { Finished } from './search.ts'

/**
 * Outcome of a hypothesis that a search has considered. `kept`: it survives; `pruned`: it fell out of the beam;
 * `finished`: it ended; `dropped`: it ended, but not among the first K, and only these count.
 */
export type Fate = 'kept' | 'pruned' | 'finished' | 'dropped'

/** Observer of a search. */
export interface SearchObserver {
  /** A hypothesis has been considered for the first time, or its outcome has changed. */
  saw(hypothesis: Hypothesis, fate: Fate): void
  /** The search has chosen a token that was drafted. */
  drafted?(hypothesis: Hypothesis): void
  /** The search has chosen another token than the first of these, which were drafted one after the other. */
  refused?(guesses: readonly Hypothesis[]): void
  /** The search is over; `finished` holds its results, best first. */
  stopped(why: string, finished: readonly Finished[]): void
}

/** The reason why a search is over that has found only hypotheses which repeat themselves. */
export const REPEATS = 'the best hypothesis repeats itself'
