import type { Editing } from './processor.ts'

/**
 * min_length and min_new_tokens (MinNewTokensLengthLogitsProcessor): −∞ for the end ids until this many tokens have
 * been generated.
 */
export const leastTokens =
  (least: number, ends: readonly number[]): Editing =>
  ({ generated }, edits) => {
    if (generated < least) for (const id of ends) edits.set(id, -Infinity)
  }

/**
 * exponential_decay_length_penalty [s, f] (ExponentialDecayLengthPenalty): after s generated tokens, at the n-th, the
 * score of each end becomes score + |score| · (f^(n − s) − 1).
 */
export const exponentialDecay =
  ([start, factor]: readonly [number, number], ends: readonly number[]): Editing =>
  ({ generated }, edits) => {
    if (generated > start) for (const id of ends) edits.raise(id, factor ** (generated - start) - 1)
  }
