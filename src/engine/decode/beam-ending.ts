import type { GenerationOptions } from './options.ts'
import type { Hypothesis } from './search/hypothesis.ts'
import { mostPenalized, penalized } from './search/length-penalty.ts'
import type { Rules } from './search/rules.ts'
import type { Finished } from './search/search.ts'

/** Which ends a beam search counts, and when it is over. */
interface BeamEnding {
  /** Whether an end counts that is at this rank, from 0, among the continuations of a step. */
  counts(rank: number, beams: number): boolean
  /** Whether a hypothesis of the greatest length has finished; else it has only where no other hypothesis has. */
  readonly cutIsFinished: boolean
  /** Whether no live hypothesis can still improve the result, where `earlyStopping` is not true. `best` is the best live one. */
  isDone(rules: Rules, best: Hypothesis, finished: readonly Finished[]): boolean
  /** Why `isDone` says so, in words. */
  reason(options: GenerationOptions): string
}

const AT_ANY_LENGTH = 'no live hypothesis can beat the worst finished one at any length'

/** The rule that belongs to each form of the length penalty. */
export const beamEndings: Readonly<Record<GenerationOptions['lengthPenaltyForm'], BeamEnding>> = {
  /** Hugging Face's generate() 5.24: ends count among the first K, and K finished hypotheses are needed. */
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
  /** Tensor2Tensor: ends count among all 2K, and the worst finished one must beat the best live sum at the longest length. */
  gnmt: {
    counts: () => true,
    cutIsFinished: false,
    isDone: ({ options, limit }, best, finished) =>
      finished.length > 0 && finished.at(-1)!.score > penalized(options, best.sum, limit),
    reason: () => AT_ANY_LENGTH,
  },
}
