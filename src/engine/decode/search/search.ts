import { type Hypothesis, tokensOf } from '../hypotheses/hypothesis.ts'
import { lengthPenalty, penalized } from './length-penalty.ts'
import { hasEnded, type Rules } from './rules.ts'

/**
 * Next tokens of some rows, `perRow` tokens for each row. They are the best tokens, best first, as the `candidates` op
 * writes them; a sampling search may be given all tokens.
 */
export interface Candidates {
  perRow: number
  scores: Float32Array
  /** One row of ids for each row of scores, or a single row if all rows have the same ids. */
  ids: Int32Array
}

/** The search for one sentence's translation, one step at a time. */
export interface Search {
  /** Hypotheses to be continued, best first; empty when the search is done. */
  readonly live: readonly Hypothesis[]
  /** Finished hypotheses, best first; samples in the order in which they were drawn. */
  readonly finished: readonly Finished[]
  /** The number of next tokens of each live hypothesis that the search needs in the next step. */
  readonly width: number
  /**
   * Takes the candidates of its live hypotheses, at rows `firstRow`, `firstRow` + 1, …. If the search needs more
   * candidates of each hypothesis, it only raises `width`, and the next step repeats this one.
   */
  advance(candidates: Candidates, firstRow: number): void
}

export interface Finished {
  hypothesis: Hypothesis
  /** Sum of log-probabilities divided by the length penalty. */
  score: number
  /** Whether the hypothesis was cut because it repeated itself. */
  looped?: boolean
}

/**
 * Why a translation ends. 'end': the model or one of `stopStrings` ended it. 'length': a limit cut it (`maxTokens`, the
 * model's longest target, `maxTime`, or no token allowed). 'loop': it was cut before it repeated itself.
 */
export type FinishReason = 'end' | 'length' | 'loop'

/** One translation in ids: the tokens up to and including the end, their log-probabilities, and the penalized sum. */
export interface Found {
  ids: number[]
  scores: number[]
  score: number
  finishReason: FinishReason
}

/** The score of a hypothesis at a given number of tokens. The cost of terms does not shrink in a longer translation. */
export function scoreAt({ options, terms, source }: Rules, hypothesis: Hypothesis, length: number): number {
  if (!terms) return penalized(options, hypothesis.sum, length)
  const { cost, bonus } = terms.of(hypothesis)
  return penalized(options, hypothesis.sum - cost, length) + (cost + bonus) / lengthPenalty(options, source.length)
}

/** A hypothesis without tokens (every token is forbidden) is scored as one of length 1. */
export const finish = (rules: Rules, hypothesis: Hypothesis): Finished => ({
  hypothesis,
  score: scoreAt(rules, hypothesis, Math.max(1, hypothesis.length)),
})

/** A hypothesis that was cut before it repeated itself. */
export const finishLooped = (rules: Rules, hypothesis: Hypothesis): Finished => ({
  ...finish(rules, hypothesis),
  looped: true,
})

export const found = (rules: Rules, { hypothesis, score, looped }: Finished): Found => ({
  ...tokensOf(hypothesis),
  score,
  finishReason: looped ? 'loop' : finishReason(rules, hypothesis),
})

/**
 * The reason why a hypothesis ended. An end that is forced at the limit counts as cut, because the model did not choose
 * it.
 */
function finishReason(rules: Rules, hypothesis: Hypothesis): 'end' | 'length' {
  const isForced = hypothesis.length === rules.limit && rules.options.forcedLast !== null
  return !isForced && hypothesis.length > 0 && hasEnded(rules, hypothesis) ? 'end' : 'length'
}
