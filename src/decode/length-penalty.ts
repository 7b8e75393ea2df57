import type { GenerationOptions } from './options.ts'

/** The number by which a sum of log-probabilities over `length` tokens is divided; see `GenerationOptions.lengthPenaltyForm`. */
export function lengthPenalty({ lengthPenalty: alpha, lengthPenaltyForm }: GenerationOptions, length: number): number {
  return (lengthPenaltyForm === 'gnmt' ? (5 + length) / 6 : length) ** alpha
}
