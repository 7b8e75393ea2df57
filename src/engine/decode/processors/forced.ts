import type { Rescoring, Standing } from './processor.ts'

/**
 * forced_bos_token_id and forced_eos_token_id (ForcedBOSTokenLogitsProcessor, ForcedEOSTokenLogitsProcessor): forced
 * ids get the score 0, and all others −∞.
 */
export const forced =
  (idsAt: (standing: Standing) => readonly number[] | null): Rescoring =>
  (scores, standing) => {
    const ids = idsAt(standing)
    if (!ids) return
    scores.fill(-Infinity)
    for (const id of ids) scores[id] = 0
  }
