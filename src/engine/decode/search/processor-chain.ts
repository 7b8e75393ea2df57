import { type Hypothesis, historyOf } from '../hypotheses/hypothesis.ts'
import { logSoftmax } from '../hypotheses/log-softmax.ts'
import { forced, type PrefixAllowed, prefixAllowed } from '../processors/allowed-tokens.ts'
import { custom, type LogitsProcessor } from '../processors/custom.ts'
import type { Editing, Processor, RowEdits, Standing } from '../processors/processor.ts'
import { ScoreEdits } from '../processors/score-edits.ts'
import { timesRule } from '../processors/times.ts'
import {
  encoderNoRepeatNgram,
  encoderRepetitionPenalty,
  exponentialDecay,
  leastTokens,
  noRepeatNgram,
  removeInvalid,
  repetitionPenalty,
  sequenceBias,
  suppress,
  suppressFirst,
  suppressSequences,
} from '../processors/token-scores.ts'
import { forcedIds, type Rules } from './rules.ts'

/** Functions of the user that choose among next tokens. */
export interface Choosers {
  /** The index of the source in the call, an argument of `prefixAllowed`. */
  sentence: number
  prefixAllowed?: PrefixAllowed
  processors?: readonly LogitsProcessor[]
}

/**
 * The logits processors of one sentence, in Hugging Face's order. Processors that edit single scores run in the op that
 * finds candidates (`edit`); all others run in `rescore`.
 */
export class ProcessorChain {
  readonly #editing: readonly Editing[]
  readonly #processors: readonly Processor[]
  readonly #edits = new ScoreEdits()

  constructor(rules: Rules, choosers: Choosers | null = null) {
    const editing = editingOf(rules)
    this.#editing = [...editing.before, ...editing.after]
    const { options } = rules
    const asEdits = (edit: Editing) => ({ edit })
    this.#processors = [
      ...editing.before.map(asEdits),
      ...(choosers?.prefixAllowed ? [{ rescore: prefixAllowed(choosers.prefixAllowed, choosers.sentence) }] : []),
      ...(options.removeInvalid ? [{ rescore: removeInvalid }] : []),
      ...editing.after.map(asEdits),
      ...(rules.times ? [{ rescore: timesRule(rules.times) }] : []),
      { rescore: forced(({ generated }) => forcedIds(rules, generated)) },
      ...(choosers?.processors ?? []).map((processor) => ({ rescore: custom(processor) })),
      // The warpers of a sampling search come before the second normalization of scores.
      ...(options.renormalize && !options.sample ? [{ rescore: logSoftmax }] : []),
    ]
  }

  /** Writes the edits of the next token's scores. */
  edit(hypothesis: Hypothesis, edits: RowEdits): void {
    if (!this.#editing.length) return
    const standing = new HypothesisStanding(hypothesis)
    for (const edit of this.#editing) edit(standing, edits)
  }

  /** Processes the scores of all ids as the next token, in place. */
  rescore(standing: Standing, scores: Float32Array): void {
    this.#edits.scores = scores
    for (const processor of this.#processors) {
      if ('edit' in processor) processor.edit(standing, this.#edits)
      else processor.rescore(scores, standing)
    }
  }
}

/**
 * Processors that edit single scores, divided into those before and those after the processors that may change any
 * score.
 */
function editingOf({ options, ends, source, prompt }: Rules): { before: Editing[]; after: Editing[] } {
  const before: (Editing | false)[] = [
    options.sequenceBias.length > 0 && sequenceBias(options.sequenceBias),
    options.encoderRepetitionPenalty !== 1 && encoderRepetitionPenalty(options.encoderRepetitionPenalty, source),
    options.repetitionPenalty !== 1 && repetitionPenalty(options.repetitionPenalty),
    options.noRepeatNgram > 0 && noRepeatNgram(options.noRepeatNgram),
    options.encoderNoRepeatNgram > 0 && encoderNoRepeatNgram(options.encoderNoRepeatNgram, source),
    options.suppressSequences.length > 0 && suppressSequences(options.suppressSequences),
    options.suppress.length > 0 && suppress(options.suppress),
    options.minTokens > 0 && leastTokens(options.minTokens, ends),
  ]
  const isFirstForced = options.forcedFirst !== null && prompt === 0
  const after: (Editing | false)[] = [
    options.exponentialDecay !== null && exponentialDecay(options.exponentialDecay, ends),
    options.suppressFirst.length > 0 && suppressFirst(options.suppressFirst, isFirstForced),
  ]
  const isOn = (edit: Editing | false) => edit !== false
  return { before: before.filter(isOn), after: after.filter(isOn) }
}

/** The state of a hypothesis as processors see it; its history is built only if a processor reads it. */
export class HypothesisStanding implements Standing {
  readonly generated: number
  readonly #hypothesis: Hypothesis
  #history: number[] | null = null

  constructor(hypothesis: Hypothesis) {
    this.#hypothesis = hypothesis
    this.generated = hypothesis.length
  }

  get history(): readonly number[] {
    this.#history ??= historyOf(this.#hypothesis)
    return this.#history
  }
}
