import { GlassformerError, shown } from '../../../base/errors.ts'
import type { Rescoring } from './processor.ts'

/**
 * A custom logits processor. `ids` are the decoder's tokens from the start on, `logits` the scores of the next token
 * [vocabulary] (log-probabilities in beam search). It changes the logits in place, or returns new ones as a list or
 * typed array of the same length.
 */
export type LogitsProcessor = (ids: number[], logits: Float32Array) => unknown

export const custom =
  (processor: LogitsProcessor): Rescoring =>
  (scores, { history }) => {
    const result = processor([...history], scores)
    if (result === undefined || result === scores) return
    const isList = Array.isArray(result) || ArrayBuffer.isView(result)
    if (!isList || (result as { length?: number }).length !== scores.length)
      throw new GlassformerError(
        'ERR_INPUT',
        `a logits processor must return ${scores.length} numbers or nothing, not ${isList ? `${(result as { length?: number }).length} of them` : shown(result)}`,
      )
    scores.set(result as Float32Array)
  }
