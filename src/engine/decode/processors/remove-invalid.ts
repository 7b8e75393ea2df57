import type { Rescoring } from './processor.ts'

const LARGEST = (2 - 2 ** -23) * 2 ** 127

/** remove_invalid_values (InfNanRemoveLogitsProcessor): NaN becomes 0, and ±∞ the largest and the lowest number of float32. */
export const removeInvalid: Rescoring = (scores) => {
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) scores[i] = 0
    else scores[i] = Math.min(LARGEST, Math.max(-LARGEST, scores[i]))
  }
}
