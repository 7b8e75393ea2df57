import { inOptions, type Place } from '../../base/schema/place.ts'
import { defaultsOf, read, settings } from '../../base/schema/settings.ts'
import {
  either,
  finiteNumber,
  flag,
  id,
  ids,
  integer,
  listOf,
  numberFrom,
  oneOf,
  part,
  positiveNumber,
  share,
} from '../../base/schema/types.ts'
import { bias, decay, someText } from './option-types.ts'

/**
 * Settings of a search for hypotheses. Lengths count generated tokens: they include the end of the sentence, but not
 * the start and a prompt after it.
 */
export interface GenerationOptions {
  /** Hypotheses kept per sentence; 1 is greedy search. */
  beams: number
  /**
   * Number of best hypotheses to return, at most `beams`. With `sample` and one beam, it is the number of samples to
   * draw.
   */
  alternatives: number
  /** α of the length penalty, from −30 to 30; 0 ranks by the plain sum of log-probabilities. */
  lengthPenalty: number
  /** `power`: score = Σ log p / length^α (Hugging Face, fairseq, Marian); `gnmt`: Σ log p / ((5 + length) / 6)^α (Tensor2Tensor). */
  lengthPenaltyForm: 'power' | 'gnmt'
  /**
   * Penalty subtracted for each token from the sum of log-probabilities, before the length penalty; 0 is off (Marian).
   */
  wordPenalty: number
  /**
   * When a sentence with `beams` finished hypotheses is done, as Hugging Face defines it. `true`: at once. `false`:
   * when no live hypothesis, at its present length, beats the worst finished one. `never`: when no live hypothesis
   * could beat it at any length.
   */
  earlyStopping: boolean | 'never'
  /** The end of the sentence may not come before this many tokens. */
  minTokens: number
  /** Generation stops after this many tokens; null: the model's limit. */
  maxTokens: number | null
  /** Generation also stops after this many tokens for each token of the source, its end included, rounded up; null: off (Marian). */
  maxLengthFactor: number | null
  /** No n-gram of this size may occur twice; 0 is off. */
  noRepeatNgram: number
  /** No n-gram of this size may be generated that occurs in the source; 0 is off. */
  encoderNoRepeatNgram: number
  /**
   * Scores of tokens that the translation already has are divided (if positive) or multiplied (if negative) by this number, from 0.001 to
   * 1000; 1 is off (Keskar et al. 2019).
   */
  repetitionPenalty: number
  /** The inverse of a repetition penalty for the source's tokens: above 1 favors them, below 1 avoids them; 1 is off. */
  encoderRepetitionPenalty: number
  /**
   * What happens to a translation that repeats some tokens or a few characters four times in a row (or more often if
   * the source itself repeats something). 'cut': the hypothesis leaves the beam; if no other is left, it is cut before
   * the repetition, with finishReason 'loop'. 'keep': generation continues.
   */
  loops: 'cut' | 'keep'
  /** Ids that no translation may contain. */
  suppress: readonly number[]
  /** Sequences of two or more ids that no translation may contain. */
  suppressSequences: readonly (readonly number[])[]
  /** Ids that may not come first. */
  suppressFirst: readonly number[]
  /**
   * Bias added to the score of a sequence's last id when its other ids have just been generated; the biases of all
   * matching sequences add up.
   */
  sequenceBias: readonly (readonly [ids: readonly number[], bias: number])[]
  /** [s, f]: once n > s tokens have been generated, the score of the end rises by its size times f^(n − s) − 1; null: off. */
  exponentialDecay: readonly [start: number, factor: number] | null
  /** The id that comes first, whatever the model predicts, or several ids that come first in this order; null: none. */
  forcedFirst: number | readonly number[] | null
  /** The id at the last position that maxTokens allows, or several ids, one of which comes there; null: none. */
  forcedLast: number | readonly number[] | null
  /** The ids that end a translation; null: the model's. */
  ends: readonly number[] | null
  /** The decoder's first input; null: the model's. */
  start: number | null
  /** A translation ends after any of these texts; the model must have a tokenizer. */
  stopStrings: readonly string[]
  /** Number of seconds after which the search for a sentence is cut; null: no limit. */
  maxTime: number | null
  /** Normalize probabilities again after suppressing (greedy search always does). */
  renormalize: boolean
  /** Replace scores that are NaN by 0, and infinite ones by the largest and lowest of float32. */
  removeInvalid: boolean
  /** Draw tokens at random, by their probabilities, instead of taking the best. */
  sample: boolean
  /**
   * Seed that makes samples reproducible: the same seed, source and options give the same samples. Null: different
   * samples each time.
   */
  seed: number | null
  /** Temperature by which sampling divides scores: below 1, likely tokens become likelier. */
  temperature: number
  /** Sampling keeps the tokens with the highest scores only; 0 is off. */
  topK: number
  /** Sampling keeps the likeliest tokens whose probabilities add up to this (Holtzman et al. 2020); 1 is off. */
  topP: number
  /** Sampling keeps tokens at least this many times as likely as the likeliest one; 0 is off. */
  minP: number
  /** Sampling keeps the likeliest tokens whose entropy is at most this part of the whole; null is off. */
  topH: number | null
  /**
   * Sampling keeps the tokens whose information is nearest to the entropy, up to this probability (Meister et al.
   * 2023); 1 is off.
   */
  typicalP: number
  /** Sampling keeps tokens of at least this probability; 0 is off. */
  epsilonCutoff: number
  /** Like `epsilonCutoff`, with a lower bound if the entropy is high (Hewitt et al. 2022); 0 is off. */
  etaCutoff: number
  /** Choose only among the likely translations of the source's tokens, which is faster; the model must have a shortlist. */
  shortlist: boolean
  /**
   * Whether an unknown token is replaced by the source token that it attends to most, as with CTranslate2's
   * replace_unknowns. The attention is that of the alignment head, or of the first head of the last layer.
   */
  replaceUnknown: boolean
}

/** Largest number of beams: more hypotheses would not fit into memory, and would not find better translations. */
const MOST_BEAMS = 1024

/** Largest number of samples for one sentence. */
const MOST_SAMPLES = MOST_BEAMS

/** Largest α: a length of nine digits raised to this power is still neither 0 nor infinite. */
const MOST_ALPHA = 30

/** Largest repetition penalty, and the inverse of the smallest: scores times this number stay within float32. */
const MOST_PENALTY = 1000

/** The schema of a search's settings. */
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
  wordPenalty: {
    type: finiteNumber,
    default: 0,
    says: 'what each token takes from the sum of log-probabilities, before the length penalty',
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
  maxLengthFactor: {
    type: positiveNumber,
    default: null,
    otherwise: 'null: off',
    says: 'the translation of a sentence also stops after so many tokens for each of the source, its end included, rounded up',
  },
  noRepeatNgram: { type: integer(0), default: 0, says: 'no n-gram of this size occurs twice; 0: off' },
  encoderNoRepeatNgram: {
    type: integer(0),
    default: 0,
    says: 'no n-gram of this size comes out that the source has; 0: off',
  },
  repetitionPenalty: {
    type: numberFrom(1 / MOST_PENALTY, MOST_PENALTY),
    default: 1,
    says: 'scores of tokens that are there already are divided by it if positive, multiplied if negative; 1: off',
  },
  encoderRepetitionPenalty: {
    type: numberFrom(1 / MOST_PENALTY, MOST_PENALTY),
    default: 1,
    says: "scores of the source's tokens are multiplied by it if positive, divided if negative; 1: off",
  },
  loops: {
    type: oneOf('cut', 'keep'),
    default: 'cut',
    flag: '--loops <what>',
    says: "what becomes of a translation that has tokens or a few characters four times in a row, and more often than the source: cut: it leaves the beam, or ends before the repetition where no other is left, with finishReason 'loop'; keep: it goes on",
  },
  suppress: { type: ids, default: [], says: 'ids of the target vocabulary that never come out' },
  suppressSequences: {
    type: listOf(listOf(id, 'a list of two or more ids', 2), 'a list of lists of two or more ids'),
    default: [],
    says: 'sequences that never come out',
  },
  suppressFirst: { type: ids, default: [], says: 'ids of the target vocabulary that do not come first' },
  sequenceBias: {
    type: listOf(bias, 'a list of [ids, number]'),
    default: [],
    says: '[ids, bias]: added to the score of the last id behind the others; all that match add up',
  },
  exponentialDecay: {
    type: decay,
    default: null,
    otherwise: 'null: off',
    says: '[s, f]: behind s tokens, at length n, the score of the end rises by its size times f^(n − s) − 1',
  },
  forcedFirst: {
    type: either(id, listOf(id, 'a list of one or more ids', 1)),
    default: null,
    otherwise: 'null: none',
    says: 'the id that comes first, or several that come first in this order',
  },
  forcedLast: {
    type: either(id, ids),
    default: null,
    otherwise: 'null: none',
    says: 'the id, or the ids of which one comes, at the last place that `maxTokens` allows',
  },
  ends: {
    type: listOf(id, 'a list of one or more ids', 1),
    default: null,
    otherwise: "null: the model's",
    says: 'the ids that end a translation',
  },
  start: { type: id, default: null, otherwise: "null: the model's", says: "the decoder's first input" },
  stopStrings: {
    type: listOf(someText, 'a list of texts'),
    default: [],
    says: 'translations end behind any of these texts; the model must have a tokenizer',
  },
  maxTime: {
    type: positiveNumber,
    default: null,
    otherwise: 'null: no limit',
    says: 'a sentence is cut so many seconds after its search has begun',
  },
  renormalize: {
    type: flag,
    default: false,
    says: 'normalizes probabilities again after suppressing (greedy search always does)',
  },
  removeInvalid: {
    type: flag,
    default: false,
    says: 'replaces scores that are NaN by 0, and infinite ones by the largest and lowest of float32',
  },
  sample: {
    type: flag,
    default: false,
    flag: '--sample',
    says: 'draws tokens at random, by their probabilities, instead of taking the best; with one beam, `alternatives` samples',
  },
  seed: {
    type: integer(0),
    default: null,
    otherwise: 'null: other samples each time',
    flag: '--seed <n>',
    says: 'the same seed, source and options give the same samples',
  },
  temperature: {
    type: positiveNumber,
    default: 1,
    flag: '--temperature <t>',
    says: 'sampling divides scores by it: below 1 likely tokens become likelier',
  },
  topK: {
    type: integer(0),
    default: 50,
    flag: '--top-k <n>',
    says: 'sampling keeps so many tokens with the highest scores, and ties; 0: off',
  },
  topP: {
    type: numberFrom(0, 1),
    default: 1,
    flag: '--top-p <p>',
    says: 'sampling keeps the likeliest tokens whose probabilities add up to this; 1: off',
  },
  minP: {
    type: numberFrom(0, 1),
    default: 0,
    says: 'sampling keeps tokens at least so many times as likely as the likeliest; 0: off',
  },
  topH: {
    type: part,
    default: null,
    otherwise: 'null: off',
    says: 'sampling keeps the likeliest tokens whose entropy is at most this part of that of all',
  },
  typicalP: {
    type: part,
    default: 1,
    says: 'sampling keeps the tokens whose information is nearest to the entropy, up to this probability; 1: off',
  },
  epsilonCutoff: { type: share, default: 0, says: 'sampling keeps tokens of at least this probability; 0: off' },
  etaCutoff: {
    type: share,
    default: 0,
    says: 'as `epsilonCutoff`, with a lower bound where the entropy is high; 0: off',
  },
  shortlist: {
    type: flag,
    default: false,
    flag: '--shortlist',
    says: "chooses among likely translations of the source's tokens alone: `glassformer shortlist` makes the table, without which it is ERR_OPTION",
  },
  replaceUnknown: {
    type: flag,
    default: false,
    says: 'an unknown token comes out as the token of the source that it attends to most',
  },
})

/** Default values of options that neither the call nor the model's folder sets. */
export const generationDefaults = defaultsOf(generationSettings) as Readonly<GenerationOptions>

/**
 * Completes the options `given` by `defaults`. Every value is checked: the error names the option, its value and the
 * values that are allowed.
 * @throws GlassformerError ERR_OPTION, or the code of `place`
 */
export const resolveOptions = (
  given: Partial<GenerationOptions>,
  defaults: Readonly<GenerationOptions>,
  place: Place = inOptions,
): GenerationOptions => fitted(read(generationSettings, given, place, defaults), given, place)

/**
 * Whether a search needs the logits of the whole vocabulary, and not only the best tokens after edits of single scores.
 * Such a search is slower, because the logits are processed in JavaScript.
 */
export const needsLogits = ({ sample, topK, topH, removeInvalid, forcedLast }: GenerationOptions): boolean =>
  removeInvalid || severalOf(forcedLast) || (sample && (topK === 0 || topH !== null))

const severalOf = (ids: GenerationOptions['forcedLast']): boolean =>
  typeof ids === 'object' && ids !== null && ids.length > 1

/**
 * Checks that options agree with each other. If `given` does not set `alternatives`, it is at most `beams`.
 * @throws GlassformerError ERR_OPTION, or the code of `place`
 */
export function fitted(
  options: GenerationOptions,
  given: { readonly alternatives?: unknown },
  place: Place = inOptions,
): GenerationOptions {
  const { beams } = options
  const most = options.sample && beams === 1 ? MOST_SAMPLES : beams
  if (place.isAbsent(given.alternatives)) options.alternatives = Math.min(options.alternatives, most)
  if (options.alternatives > most)
    place.refuse(
      `alternatives (${options.alternatives}) cannot be more than ${most === beams ? `beams (${beams})` : `${most} samples`}`,
    )
  if (options.shortlist && needsLogits(options))
    place.refuse(
      "option 'shortlist' cannot go with topH, sampling without topK, removeInvalid, or several ids of forcedLast",
    )
  if (options.maxTokens !== null && options.minTokens > options.maxTokens)
    place.refuse(`minTokens (${options.minTokens}) cannot be more than maxTokens (${options.maxTokens})`)
  return options
}
