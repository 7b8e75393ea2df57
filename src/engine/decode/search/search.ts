import { type Hypothesis, tokensOf } from './hypothesis.ts'
import { lengthPenalty, penalized } from './length-penalty.ts'
import { hasEnded, type Rules } from './rules.ts'

/**
 * Next tokens of some rows: `perRow` tokens of each row. They are the best, the best first, as the `candidates` op writes them, unless a
 * search that samples is given all.
 */
export interface Candidates {
  perRow: number
  scores: Float32Array
  /** Of as many rows as the scores, or of one row where all rows have the same ids. */
  ids: Int32Array
}

/** The search for one sentence's translation, one step at a time. */
export interface Search {
  /** Hypotheses to be continued, best first; empty when the search is done. */
  readonly live: readonly Hypothesis[]
  /** Finished hypotheses, best first; samples in the order in which they were drawn. */
  readonly finished: readonly Finished[]
  /** How many next tokens of each live hypothesis the search wants to see in the next step. */
  readonly width: number
  /**
   * Takes the candidates of its live hypotheses, which stand at rows `firstRow`, `firstRow` + 1, …. Where the search has to see more
   * candidates of each hypothesis, it only raises `width`, and the next step repeats this one.
   */
  advance(candidates: Candidates, firstRow: number): void
}

export interface Finished {
  hypothesis: Hypothesis
  /** Sum of log-probabilities over the length penalty. */
  score: number
  /** Whether it was cut because it repeated itself. */
  looped?: boolean
}

/**
 * Why a translation ends: the model or one of `stopStrings` ended it ('end'), a limit cut it ('length': `maxTokens`, the model's longest
 * target, `maxTime`, or no token allowed), or it was cut before it repeated itself ('loop').
 */
export type FinishReason = 'end' | 'length' | 'loop'

/** One found translation in ids: the tokens up to and with the end, their log-probabilities, and the penalized sum. */
export interface Found {
  ids: number[]
  scores: number[]
  score: number
  finishReason: FinishReason
}

/** The score of a hypothesis as one of so many tokens. What terms cost does not become less in a longer translation. */
export function scoreAt({ options, terms, source }: Rules, hypothesis: Hypothesis, length: number): number {
  if (!terms) return penalized(options, hypothesis.sum, length)
  const { cost, bonus } = terms.of(hypothesis)
  return penalized(options, hypothesis.sum - cost, length) + (cost + bonus) / lengthPenalty(options, source.length)
}

/** A hypothesis of no token at all (every token is forbidden) counts as one of length 1. */
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

/** Why a hypothesis ended. An end that is forced at the limit counts as cut, because the model did not choose it. */
function finishReason(rules: Rules, hypothesis: Hypothesis): 'end' | 'length' {
  const isForced = hypothesis.length === rules.limit && rules.options.forcedLast !== null
  return !isForced && hypothesis.length > 0 && hasEnded(rules, hypothesis) ? 'end' : 'length'
}
