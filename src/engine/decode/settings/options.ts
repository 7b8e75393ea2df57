import { inOptions, type Place } from '../../../base/schema/place.ts'
import { defaultsOf, read, settings, type Values } from '../../../base/schema/settings.ts'
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
  type Type,
  text,
} from '../../../base/schema/types.ts'

const someText: Type<string> = {
  expected: 'a text of one or more characters',
  accepts: (value): value is string => typeof value === 'string' && value.length > 0,
  json: { type: 'string', minLength: 1 },
}

/** Where drafts come from, or the draft. */
const draftType: Type<string | readonly number[]> = {
  ...either(text, ids),
  expected: "'lookup', a text, or a list of ids",
}

/** Bias added to the score of the last id of the sequence when it follows the others. */
const bias: Type<readonly [readonly number[], number]> = {
  expected: '[ids, number]',
  accepts: (value): value is readonly [readonly number[], number] =>
    Array.isArray(value) &&
    value.length === 2 &&
    value[0]?.length > 0 &&
    ids.accepts(value[0]) &&
    finiteNumber.accepts(value[1]),
  json: { type: 'array', prefixItems: [{ ...ids.json, minItems: 1 }, finiteNumber.json], minItems: 2, maxItems: 2 },
}

/**
 * The number of tokens after which the score of the end rises, and the factor by which it rises with each further
 * token.
 */
const decay: Type<readonly [number, number]> = {
  expected: '[integer of at least 0, number above 0]',
  accepts: (value): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && integer(0).accepts(value[0]) && positiveNumber.accepts(value[1]),
  json: { type: 'array', prefixItems: [integer(0).json, positiveNumber.json], minItems: 2, maxItems: 2 },
}

/**
 * Settings of a search for hypotheses. Lengths count generated tokens: they include the end of the sentence, but not
 * the start and a prompt after it.
 */
export interface GenerationOptions extends Values<typeof generationSettings> {}

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
    says: 'number of best hypotheses to return, at most `beams`; with `sample` and one beam: number of samples to draw',
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
    says: 'power: score = Σ log p / length^α (Hugging Face, fairseq, Marian); gnmt: Σ log p / ((5 + length) / 6)^α (Tensor2Tensor)',
  },
  wordPenalty: {
    type: finiteNumber,
    default: 0,
    says: 'penalty subtracted for each token from the sum of log-probabilities, before the length penalty; 0: off (Marian)',
  },
  earlyStopping: {
    type: { ...either(flag, oneOf('never')), expected: "true, false or 'never'" },
    default: false,
    says: 'when a sentence with `beams` finished hypotheses is done, as Hugging Face defines it. true: at once; false: when no live hypothesis, at its present length, beats the worst finished one; never: when no live hypothesis could beat it at any length',
  },
  minTokens: {
    type: integer(0),
    default: 0,
    says: 'the end of the sentence may not come before this many tokens; at most `maxTokens`',
  },
  maxTokens: {
    type: integer(1),
    default: null,
    otherwise: "null: the model's limit",
    flag: '--max-tokens <n>',
    says: 'the translation of a sentence stops after this many tokens',
  },
  maxLengthFactor: {
    type: positiveNumber,
    default: null,
    otherwise: 'null: off',
    says: 'the translation of a sentence also stops after this many tokens for each token of the source, its end included, rounded up (Marian)',
  },
  noRepeatNgram: { type: integer(0), default: 0, says: 'no n-gram of this size may occur twice; 0: off' },
  encoderNoRepeatNgram: {
    type: integer(0),
    default: 0,
    says: 'no n-gram of this size may be generated that occurs in the source; 0: off',
  },
  repetitionPenalty: {
    type: numberFrom(1 / MOST_PENALTY, MOST_PENALTY),
    default: 1,
    says: 'scores of tokens that the translation already has are divided by it if positive, multiplied if negative; 1: off (Keskar et al. 2019)',
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
    says: "what happens to a translation that repeats some tokens or a few characters four times in a row (or more often if the source itself repeats something): cut: the hypothesis leaves the beam; if no other is left, it is cut before the repetition, with finishReason 'loop'; keep: generation continues",
  },
  suppress: { type: ids, default: [], says: 'ids that no translation may contain' },
  suppressSequences: {
    type: listOf(listOf(id, 'a list of two or more ids', 2), 'a list of lists of two or more ids'),
    default: [],
    says: 'sequences of two or more ids that no translation may contain',
  },
  suppressFirst: { type: ids, default: [], says: 'ids that may not come first' },
  sequenceBias: {
    type: listOf(bias, 'a list of [ids, number]'),
    default: [],
    says: "[ids, bias]: bias added to the score of a sequence's last id when its other ids have just been generated; the biases of all matching sequences add up",
  },
  exponentialDecay: {
    type: decay,
    default: null,
    otherwise: 'null: off',
    says: '[s, f]: once n > s tokens have been generated, the score of the end rises by its size times f^(n − s) − 1',
  },
  forcedFirst: {
    type: either(id, listOf(id, 'a list of one or more ids', 1)),
    default: null,
    otherwise: 'null: none',
    says: 'the id that comes first, whatever the model predicts, or several ids that come first in this order',
  },
  forcedLast: {
    type: either(id, ids),
    default: null,
    otherwise: 'null: none',
    says: 'the id at the last position that `maxTokens` allows, or several ids, one of which comes there',
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
    says: 'a translation ends after any of these texts; the model must have a tokenizer',
  },
  maxTime: {
    type: positiveNumber,
    default: null,
    otherwise: 'null: no limit',
    says: 'number of seconds after which the search for a sentence is cut',
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
    says: 'seed of the samples: the same seed, source and options give the same samples',
  },
  temperature: {
    type: positiveNumber,
    default: 1,
    flag: '--temperature <t>',
    says: 'temperature by which sampling divides scores: below 1, likely tokens become likelier',
  },
  topK: {
    type: integer(0),
    default: 50,
    flag: '--top-k <n>',
    says: 'sampling keeps this many tokens with the highest scores, and ties; 0: off',
  },
  topP: {
    type: numberFrom(0, 1),
    default: 1,
    flag: '--top-p <p>',
    says: 'sampling keeps the likeliest tokens whose probabilities add up to this; 1: off (Holtzman et al. 2020)',
  },
  minP: {
    type: numberFrom(0, 1),
    default: 0,
    says: 'sampling keeps tokens at least this many times as likely as the likeliest one; 0: off',
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
    says: 'sampling keeps the tokens whose information is nearest to the entropy, up to this probability; 1: off (Meister et al. 2023)',
  },
  epsilonCutoff: { type: share, default: 0, says: 'sampling keeps tokens of at least this probability; 0: off' },
  etaCutoff: {
    type: share,
    default: 0,
    says: 'like `epsilonCutoff`, with a lower bound if the entropy is high; 0: off (Hewitt et al. 2022)',
  },
  shortlist: {
    type: flag,
    default: false,
    flag: '--shortlist',
    says: "chooses among likely translations of the source's tokens alone: `glassformer shortlist` makes the table, without which it is ERR_OPTION",
  },
  draft: {
    type: draftType,
    default: null,
    otherwise: 'null: none',
    flag: '--draft <draft>',
    says: 'source of drafts: guesses of the next tokens, which one step verifies, for less time and the same translation; lookup: what followed an earlier occurrence of the last tokens, in the translation or the source; any other text, or ids: the translation of a similar source, whose sentences are paired with those of the source by their order; beam search and several samples run without drafts',
  },
  draftTokens: {
    type: integer(1),
    default: 20,
    flag: '--draft-tokens <n>',
    says: 'largest number of tokens in a draft; drafts are shorter if many were wrong, or if other sentences fill the step',
  },
  draftConfidence: {
    type: part,
    default: 0.4,
    says: 'a draft of an assistant ends before a token that the assistant gives less than this probability',
  },
  draftNgram: { type: integer(1), default: 2, says: 'largest number of tokens that lookup matches' },
  replaceUnknown: {
    type: flag,
    default: false,
    says: "an unknown token is replaced by the source token that it attends to most, as with CTranslate2's replace_unknowns; the attention is that of the alignment head, or of the first head of the last layer",
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
