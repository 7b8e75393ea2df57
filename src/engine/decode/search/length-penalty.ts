import type { GenerationOptions } from '../settings/options.ts'

/** The number by which a sum of log-probabilities over `length` tokens is divided; see `GenerationOptions.lengthPenaltyForm`. */
export function lengthPenalty({ lengthPenalty: alpha, lengthPenaltyForm }: GenerationOptions, length: number): number {
  return (lengthPenaltyForm === 'gnmt' ? (5 + length) / 6 : length) ** alpha
}

/**
 * The score by which hypotheses are ranked: the sum of their log-probabilities, minus the word penalty, divided by the
 * length penalty.
 */
export const penalized = (options: GenerationOptions, sum: number, length: number): number =>
  (sum - options.wordPenalty * length) / lengthPenalty(options, length)

/**
 * Upper bound of the score of hypotheses with a given sum, over all lengths from `shortest` to `longest`, with the
 * `power` penalty.
 */
export function mostPenalized(options: GenerationOptions, sum: number, shortest: number, longest: number): number {
  const { lengthPenalty: alpha, wordPenalty } = options
  // The length at which the derivative, α · sum = (α − 1) · wordPenalty · length, vanishes.
  const between = Math.min(longest, Math.max(shortest, (alpha * sum) / ((alpha - 1) * wordPenalty) || shortest))
  return Math.max(...[shortest, between, longest].map((length) => penalized(options, sum, length)))
}
