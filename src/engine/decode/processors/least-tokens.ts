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
