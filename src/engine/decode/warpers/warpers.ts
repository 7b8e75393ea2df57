import { logSoftmax } from '../hypotheses/log-softmax.ts'
import type { GenerationOptions } from '../settings/options.ts'
import { epsilonCutoff, etaCutoff, minP } from './cutoffs.ts'
import { temperature, topK, topP } from './top.ts'
import { topH } from './top-h.ts'
import { typical } from './typical.ts'
import type { Warper } from './warper.ts'

/**
 * The minimum number of ids that the warpers keep: a beam must be able to continue even if all `ends` are among the
 * likeliest ids.
 */
const leastKept = ({ beams }: GenerationOptions, ends: number) => (beams > 1 ? ends + 1 : 1)

/** The number of ids that topK keeps; null if it is off. */
export const keptByTopK = (options: GenerationOptions, ends: number): number | null =>
  options.topK > 0 ? Math.max(options.topK, leastKept(options, ends)) : null

/** The warpers that options ask for, in Hugging Face's order; `ends` is the number of ids that end a translation. */
export function warpersOf(options: GenerationOptions, ends: number): Warper[] {
  const least = leastKept(options, ends)
  const kept = keptByTopK(options, ends)
  return [
    options.temperature !== 1 && temperature(options.temperature),
    options.topH !== null && topH(options.topH),
    kept !== null && topK(kept),
    options.topP < 1 && topP(options.topP, least),
    options.minP > 0 && minP(options.minP, least),
    options.typicalP < 1 && typical(options.typicalP, least),
    options.epsilonCutoff > 0 && epsilonCutoff(options.epsilonCutoff, least),
    options.etaCutoff > 0 && etaCutoff(options.etaCutoff, least),
    options.renormalize && options.beams > 1 && logSoftmax,
  ].filter((warper) => warper !== false)
}
