import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import type { GenerationOptions } from '../settings/options.ts'
import { mostPenalized, penalized } from './length-penalty.ts'
import type { Rules } from './rules.ts'
import type { Finished } from './search.ts'

/** Rules of a beam search for when a finished hypothesis counts and when the search is over. */
interface BeamEnding {
  /** Whether a hypothesis that ends counts, given its rank, from 0, among the continuations of a step. */
  counts(rank: number, beams: number): boolean
  /**
   * Whether a hypothesis of the greatest length counts as finished. Otherwise it counts only if there is no other
   * hypothesis.
   */
  readonly cutIsFinished: boolean
  /**
   * Whether no live hypothesis can still improve the result. Asked unless `earlyStopping` is true; `best` is the best
   * live hypothesis.
   */
  isDone(rules: Rules, best: Hypothesis, finished: readonly Finished[]): boolean
  /** The reason for `isDone`, in words. */
  reason(options: GenerationOptions): string
}

const AT_ANY_LENGTH = 'no live hypothesis can beat the worst finished one at any length'

/** The ending rules for each form of the length penalty. */
export const beamEndings: Readonly<Record<GenerationOptions['lengthPenaltyForm'], BeamEnding>> = {
  /**
   * Rules of Hugging Face's generate() 5.24: finished hypotheses count among the first K, and the search needs K of
   * them.
   */
  power: {
    counts: (rank, beams) => rank < beams,
    cutIsFinished: true,
    isDone({ options, limit }, best, finished) {
      if (finished.length < options.beams) return false
      const longest = options.earlyStopping === 'never' ? limit : best.length
      return mostPenalized(options, best.sum, best.length, longest) <= finished.at(-1)!.score
    },
    reason: ({ earlyStopping }) =>
      earlyStopping === 'never'
        ? AT_ANY_LENGTH
        : 'no live hypothesis at its present length beats the worst finished one',
  },
  /**
   * Rules of Tensor2Tensor: finished hypotheses count among all 2K. The search is over when the worst of them beats the
   * best sum that a live hypothesis would have at the longest length.
   */
  gnmt: {
    counts: () => true,
    cutIsFinished: false,
    isDone: ({ options, limit }, best, finished) =>
      finished.length > 0 && finished.at(-1)!.score > penalized(options, best.sum, limit),
    reason: () => AT_ANY_LENGTH,
  },
}
