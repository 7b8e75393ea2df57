import type { Hypothesis } from './hypothesis.ts'
import type { Finished } from './search.ts'

/**
 * What becomes of a hypothesis that a search has looked at: `kept`: it lives on; `pruned`: it fell out of the beam; `finished`: it ended;
 * `dropped`: it ended, but not among the first K, where ends count there only.
 */
export type Fate = 'kept' | 'pruned' | 'finished' | 'dropped'

/** Who looks on while a search goes on. */
export interface SearchObserver {
  /** A hypothesis has come up, or one that has come up before meets with another fate. */
  saw(hypothesis: Hypothesis, fate: Fate): void
  /** The search is over; `finished` are its results, best first. */
  stopped(why: string, finished: readonly Finished[]): void
}

/** Why a search is over that has found nothing but hypotheses which repeat themselves. */
export const REPEATS = 'the best hypothesis repeats itself'
