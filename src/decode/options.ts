import type { ModelConfig } from '../model/config.ts'
import { inOptions, type Place } from '../schema/place.ts'
import { defaultsOf, read, settings } from '../schema/settings.ts'
import { either, flag, id, ids, integer, listOf, numberFrom, oneOf } from '../schema/types.ts'

/** How hypotheses are searched for. Lengths count generated tokens; they include the end of the sentence and leave out the start. */
export interface GenerationOptions {
  /** Hypotheses kept per sentence; 1 is greedy search. */
  beams: number
  /** How many of the best hypotheses to return, at most `beams`. */
  alternatives: number
  /** α of the length penalty, from −30 to 30; 0 ranks by the plain sum of log-probabilities. */
  lengthPenalty: number
  /** `power`: score = Σ log p / length^α (Hugging Face, fairseq, Marian); `gnmt`: Σ log p / ((5 + length) / 6)^α (Tensor2Tensor). */
  lengthPenaltyForm: 'power' | 'gnmt'
  /**
   * When a sentence with `beams` finished hypotheses is done, as Hugging Face defines it. `true`: at once. `false`: when no live
   * hypothesis, at its present length, beats the worst finished one. `never`: when no live hypothesis could beat it at any length.
   */
  earlyStopping: boolean | 'never'
  /** The end may not come before this many tokens. */
  minTokens: number
  /** Generation stops after this many tokens; null: the model's limit. */
  maxTokens: number | null
  /** No n-gram of this size may occur twice; 0 is off. */
  noRepeatNgram: number
  /**
   * Scores of tokens that the translation already has are divided (if positive) or multiplied (if negative) by this number, from 0.001 to
   * 1000; 1 is off (Keskar et al. 2019).
   */
  repetitionPenalty: number
  /** Ids that no translation may contain. */
  suppress: readonly number[]
  /** Sequences of two and more ids that no translation may contain. */
  suppressSequences: readonly (readonly number[])[]
  /** Ids that may not come first. */
  suppressFirst: readonly number[]
  /** The id that comes first, whatever the model says; null: none. */
  forcedFirst: number | null
  /** The id that comes at the last place that maxTokens allows; null: none. */
  forcedLast: number | null
  /** Normalize probabilities again after suppressing (greedy search always does). */
  renormalize: boolean
  /** Choose only among the likely translations of the source's tokens, which is faster; the model must have a shortlist. */
  shortlist: boolean
}

/** The most beams: more hypotheses would not fit into memory, and would find nothing better. */
const MOST_BEAMS = 1024

/** The largest α: a length of nine digits to this power is still neither 0 nor infinite. */
const MOST_ALPHA = 30

/** The largest repetition penalty, and the inverse of the smallest: scores times this number stay within float32. */
const MOST_PENALTY = 1000

/** The settings of a search. */
export const generationSettings = settings({
  beams: {
    type: integer(1, MOST_BEAMS),
    default: 1,
    flag: '-b, --beams <n>',
    says: 'hypotheses kept for each sentence; 1 is greedy search',
  },
  alternatives: {
    type: integer(1),
    default: 1,
    flag: '-a, --alternatives <n>',
    says: 'how many of the best hypotheses are given, at most as many as beams',
  },
  lengthPenalty: {
    type: numberFrom(-MOST_ALPHA, MOST_ALPHA),
    default: 1,
    flag: '--length-penalty <alpha>',
    says: 'α of the length penalty; 0 ranks by the plain sum of log-probabilities',
  },
  lengthPenaltyForm: {
    type: oneOf('power', 'gnmt'),
    default: 'power',
    says: 'score = Σ log p / length^α, or Σ log p / ((5 + length) / 6)^α',
  },
  earlyStopping: {
    type: { ...either(flag, oneOf('never')), expected: "true, false or 'never'" },
    default: false,
    says: 'when a sentence with `beams` finished hypotheses is done: at once; when no live one, at its present length, beats the worst of them; when none could at any length',
  },
  minTokens: {
    type: integer(0),
    default: 0,
    says: 'the end is forbidden before so many tokens; at most `maxTokens`',
  },
  maxTokens: {
    type: integer(1),
    default: null,
    otherwise: "null: the model's limit",
    flag: '--max-tokens <n>',
    says: 'the translation of a sentence stops after so many tokens',
  },
  noRepeatNgram: { type: integer(0), default: 0, says: 'no n-gram of this size occurs twice; 0: off' },
  repetitionPenalty: {
    type: numberFrom(1 / MOST_PENALTY, MOST_PENALTY),
    default: 1,
    says: 'scores of tokens that are there already are divided by it if positive, multiplied if negative; 1: off',
  },
  suppress: { type: ids, default: [], says: 'ids of the target vocabulary that never come out' },
  suppressSequences: {
    type: listOf(listOf(id, 'a list of two or more ids', 2), 'a list of lists of two or more ids'),
    default: [],
    says: 'sequences that never come out',
  },
  suppressFirst: { type: ids, default: [], says: 'ids of the target vocabulary that do not come first' },
  forcedFirst: { type: id, default: null, otherwise: 'null: none', says: 'the id that comes first' },
  forcedLast: {
    type: id,
    default: null,
    otherwise: 'null: none',
    says: 'the id that comes at the last place that `maxTokens` allows',
  },
  renormalize: {
    type: flag,
    default: false,
    says: 'normalizes probabilities again after suppressing (greedy search always does)',
  },
  shortlist: {
    type: flag,
    default: false,
    flag: '--shortlist',
    says: "chooses among likely translations of the source's tokens alone: `glassformer shortlist` makes the table, without which it is ERR_OPTION",
  },
})

/** The options that hold where neither a call nor a folder sets them. */
export const generationDefaults = defaultsOf(generationSettings) as Readonly<GenerationOptions>

/**
 * The options `given`, completed by `defaults`. Every value is checked: the error names the option, the value and what it may be.
 * @throws GlassformerError ERR_OPTION, or what `place` has
 */
export const resolveOptions = (
  given: Partial<GenerationOptions>,
  defaults: Readonly<GenerationOptions>,
  place: Place = inOptions,
): GenerationOptions => fitted(read(generationSettings, given, place, defaults), given, place)

/**
 * Checks that options agree with each other. Where `given` does not set `alternatives`, it is at most `beams`. @throws GlassformerError
 * ERR_OPTION, or what `place` has
 */
export function fitted(
  options: GenerationOptions,
  given: { readonly alternatives?: unknown },
  place: Place = inOptions,
): GenerationOptions {
  if (place.isAbsent(given.alternatives)) options.alternatives = Math.min(options.alternatives, options.beams)
  if (options.alternatives > options.beams)
    place.refuse(`alternatives (${options.alternatives}) cannot be more than beams (${options.beams})`)
  if (options.maxTokens !== null && options.minTokens > options.maxTokens)
    place.refuse(`minTokens (${options.minTokens}) cannot be more than maxTokens (${options.maxTokens})`)
  return options
}

/**
 * @throws GlassformerError ERR_OPTION, or what `place` has, where an option names an id that the model does not have, or leaves no id that
 * a translation could begin with
 */
export function checkIds(
  options: GenerationOptions,
  { targetVocabulary: vocabulary, ids: { end } }: IdRange,
  place: Place = inOptions,
): void {
  for (const name of ['suppress', 'suppressSequences', 'suppressFirst', 'forcedFirst', 'forcedLast'] as const)
    for (const id of [options[name]].flat(2))
      if (id !== null && id >= vocabulary)
        place.refuse(`option '${name}' names id ${id}, outside the target vocabulary of ${vocabulary}`)
  const { suppress, suppressFirst, forcedFirst, minTokens } = options
  if (forcedFirst !== null || suppress.length + suppressFirst.length + 1 < vocabulary) return
  if (new Set([...suppress, ...suppressFirst, ...(minTokens ? [end] : [])]).size === vocabulary)
    place.refuse(`options 'suppress', 'suppressFirst' and 'minTokens' leave no token that could come first`)
}

type IdRange = Pick<ModelConfig, 'targetVocabulary' | 'ids'>
