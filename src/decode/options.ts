import { checkNames } from '../check-options.ts'
import { didYouMean } from '../did-you-mean.ts'
import { GlassformerError, shown } from '../errors.ts'
import type { ModelConfig } from '../model-config.ts'

/** How hypotheses are searched for. Lengths count generated tokens, the end of the sentence included, the start not. */
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
   * When a sentence with `beams` finished hypotheses is done: `true` at once; `false` when no live hypothesis, at its present
   * length, beats the worst finished one; `never` when none could at any length. As Hugging Face defines them.
   */
  earlyStopping: boolean | 'never'
  /** The end is forbidden before this many tokens. */
  minTokens: number
  /** Generation stops after this many tokens; null: the model's limit. */
  maxTokens: number | null
  /** No n-gram of this size occurs twice; 0: off. */
  noRepeatNgram: number
  /**
   * Scores of tokens already there are divided (if positive) or multiplied (if negative) by this, from 0.001 to 1000; 1: off
   * (Keskar et al. 2019).
   */
  repetitionPenalty: number
  /** Ids that never come out. */
  suppress: readonly number[]
  /** Sequences of two and more ids that never come out. */
  suppressSequences: readonly (readonly number[])[]
  /** Ids that do not come first. */
  suppressFirst: readonly number[]
  /** The id that comes first, whatever the model says; null: none. */
  forcedFirst: number | null
  /** The id that comes at the last place that maxTokens allows; null: none. */
  forcedLast: number | null
  /** Normalize probabilities again after suppressing (greedy search always does). */
  renormalize: boolean
  /** Choose among the likely translations of the source's tokens only: faster, where the model has a shortlist. */
  shortlist: boolean
}

export const generationDefaults: Readonly<GenerationOptions> = {
  beams: 1,
  alternatives: 1,
  lengthPenalty: 1,
  lengthPenaltyForm: 'power',
  earlyStopping: false,
  minTokens: 0,
  maxTokens: null,
  noRepeatNgram: 0,
  repetitionPenalty: 1,
  suppress: [],
  suppressSequences: [],
  suppressFirst: [],
  forcedFirst: null,
  forcedLast: null,
  renormalize: false,
  shortlist: false,
}

/** More hypotheses than this would not fit into memory, and find nothing better. */
const MOST_BEAMS = 1024

/** The largest α: a length of nine digits to this power is a number still, and neither 0 nor infinite. */
const MOST_ALPHA = 30

/** The largest repetition penalty, and the smallest one's inverse: scores times this stay numbers of float32. */
const MOST_PENALTY = 1000

/** Whether a value can stand, what it may be, and the words among that. */
type Check = [(value: unknown) => boolean, string, string[]?]
const natural = (low: number): Check => [
  (v) => Number.isSafeInteger(v) && (v as number) >= low,
  `an integer of at least ${low}`,
]
const between = (low: number, high: number): Check => [
  (v) => typeof v === 'number' && v >= low && v <= high,
  `a number from ${low} to ${high}`,
]
const isId = (v: unknown) => Number.isSafeInteger(v) && (v as number) >= 0
const ids: Check = [(v) => Array.isArray(v) && v.every(isId), 'a list of ids']
const flag: Check = [(v) => typeof v === 'boolean', 'true or false']
const idOrNull: Check = [(v) => v === null || isId(v), 'an id or null']

const checks: { [K in keyof GenerationOptions]: Check } = {
  beams: [(v) => natural(1)[0](v) && (v as number) <= MOST_BEAMS, `an integer from 1 to ${MOST_BEAMS}`],
  alternatives: natural(1),
  lengthPenalty: between(-MOST_ALPHA, MOST_ALPHA),
  lengthPenaltyForm: [(v) => v === 'power' || v === 'gnmt', `'power' or 'gnmt'`, ['power', 'gnmt']],
  earlyStopping: [(v) => typeof v === 'boolean' || v === 'never', `true, false or 'never'`, ['never']],
  minTokens: natural(0),
  maxTokens: [
    (v) => v === null || (Number.isSafeInteger(v) && (v as number) >= 1),
    'an integer of at least 1, or null',
  ],
  noRepeatNgram: natural(0),
  repetitionPenalty: between(1 / MOST_PENALTY, MOST_PENALTY),
  suppress: ids,
  suppressSequences: [
    (v) => Array.isArray(v) && v.every((s) => Array.isArray(s) && s.length > 1 && s.every(isId)),
    'a list of lists of two or more ids',
  ],
  suppressFirst: ids,
  forcedFirst: idOrNull,
  forcedLast: idOrNull,
  renormalize: flag,
  shortlist: flag,
}

const copiedList = (value: unknown): unknown => (Array.isArray(value) ? Array.from(value) : value)

/** A copy of a list, or of one of lists, for the caller may change theirs while it waits; holes become undefined. */
const copied = (value: unknown): unknown => (Array.isArray(value) ? Array.from(value, copiedList) : value)

/** The names that `resolveOptions` knows. */
export const generationOptionNames = Object.keys(checks) as (keyof GenerationOptions)[]

/** `given` over `defaults`, every value checked: ERR_OPTION names the option, the value and what it may be. */
export function resolveOptions(
  given: Partial<GenerationOptions>,
  defaults: Readonly<GenerationOptions>,
): GenerationOptions {
  checkNames(given, generationOptionNames)
  const options: GenerationOptions = { ...defaults }
  for (const [name, givenValue] of Object.entries(given)) {
    if (givenValue === undefined) continue
    const value = copied(givenValue)
    const [isValid, expected, words = []] = checks[name as keyof GenerationOptions]
    if (!isValid(value))
      throw new GlassformerError(
        'ERR_OPTION',
        `option '${name}' must be ${expected}, not ${shown(givenValue)}${didYouMean(givenValue, words)}`,
      )
    Object.assign(options, { [name]: value })
  }
  if (given.alternatives === undefined) options.alternatives = Math.min(options.alternatives, options.beams)
  if (options.alternatives > options.beams)
    throw new GlassformerError(
      'ERR_OPTION',
      `alternatives (${options.alternatives}) cannot be more than beams (${options.beams})`,
    )
  if (options.maxTokens !== null && options.minTokens > options.maxTokens)
    throw new GlassformerError(
      'ERR_OPTION',
      `minTokens (${options.minTokens}) cannot be more than maxTokens (${options.maxTokens})`,
    )
  return options
}

/** @throws GlassformerError ERR_OPTION where an option names an id that the model does not have, or leaves none to begin with */
export function checkIds(options: GenerationOptions, { targetVocabulary: vocabulary, ids }: IdRange): void {
  const refuse = (what: string) => new GlassformerError('ERR_OPTION', what)
  for (const name of ['suppress', 'suppressSequences', 'suppressFirst', 'forcedFirst', 'forcedLast'] as const)
    for (const id of [options[name]].flat(2))
      if (id !== null && id >= vocabulary)
        throw refuse(`option '${name}' names id ${id}, outside the target vocabulary of ${vocabulary}`)
  const { suppress, suppressFirst, forcedFirst, minTokens } = options
  if (forcedFirst !== null || suppress.length + suppressFirst.length + 1 < vocabulary) return
  if (new Set([...suppress, ...suppressFirst, ...(minTokens ? [ids.end] : [])]).size === vocabulary)
    throw refuse(`options 'suppress', 'suppressFirst' and 'minTokens' leave no token that could come first`)
}

type IdRange = Pick<ModelConfig, 'targetVocabulary' | 'ids'>
