import { type GenerationOptions, generationSettings } from '../decode/options.ts'
import { didYouMean } from '../did-you-mean.ts'
import { GlassformerError, shown } from '../errors.ts'

/** What each setting of generate() is called among our options. */
const ours: Readonly<Record<string, string>> = {
  num_beams: 'beams',
  num_return_sequences: 'alternatives',
  length_penalty: 'lengthPenalty',
  early_stopping: 'earlyStopping',
  max_new_tokens: 'maxTokens',
  min_new_tokens: 'minTokens',
  no_repeat_ngram_size: 'noRepeatNgram',
  encoder_no_repeat_ngram_size: 'encoderNoRepeatNgram',
  repetition_penalty: 'repetitionPenalty',
  encoder_repetition_penalty: 'encoderRepetitionPenalty',
  suppress_tokens: 'suppress',
  begin_suppress_tokens: 'suppressFirst',
  forced_bos_token_id: 'forcedFirst',
  forced_eos_token_id: 'forcedLast',
  renormalize_logits: 'renormalize',
  remove_invalid_values: 'removeInvalid',
  exponential_decay_length_penalty: 'exponentialDecay',
  stop_strings: 'stopStrings',
  max_time: 'maxTime',
  do_sample: 'sample',
  seed: 'seed',
  temperature: 'temperature',
  top_k: 'topK',
  top_p: 'topP',
  min_p: 'minP',
  typical_p: 'typicalP',
  epsilon_cutoff: 'epsilonCutoff',
  eta_cutoff: 'etaCutoff',
}

/** Settings that become one of those: lengths that count the start, and ids in lists. */
const others = ['max_length', 'min_length', 'bad_words_ids']

/** Settings of transformers.js that change nothing here. */
const harmless = ['return_dict_in_generate', 'output_scores', 'use_cache']

/** Sampling that is not asked for has no effect, as in transformers. */
const ofSampling = ['temperature', 'top_k', 'top_p', 'min_p', 'typical_p', 'epsilon_cutoff', 'eta_cutoff']

/**
 * The settings of generate() as our options.
 * @throws GlassformerError ERR_OPTION for a name that is none of its settings; ERR_UNSUPPORTED for one that this version does not follow
 */
export function generationOptions(given: Readonly<Record<string, unknown>>): Partial<GenerationOptions> {
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || harmless.includes(name) || others.includes(name)) continue
    const own = ours[name]
    if (own === undefined || !Object.hasOwn(ours, name))
      throw new GlassformerError(
        'ERR_OPTION',
        `unknown option '${name}'${didYouMean(name, [...Object.keys(ours), ...others])}: it is no setting of generate() that is followed here`,
      )
    if (Object.hasOwn(generationSettings, own)) options[own] = value
    else if (value !== false && !(ofSampling.includes(name) && !given.do_sample))
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `option '${name}' = ${shown(value)} is not supported by this version`,
      )
  }
  const { max_length: longest, min_length: shortest, bad_words_ids: bad } = given
  // These count the start token; the settings of new tokens win.
  if (options.maxTokens === undefined && isSet(longest)) options.maxTokens = lessStart('max_length', longest, 2)
  if (options.minTokens === undefined && isSet(shortest)) options.minTokens = lessStart('min_length', shortest, 0)
  if (isSet(bad)) {
    if (!Array.isArray(bad) || !bad.every((ids) => Array.isArray(ids) && ids.length))
      throw new GlassformerError(
        'ERR_OPTION',
        `option 'bad_words_ids' must be a list of lists of ids, not ${shown(bad)}`,
      )
    const single = bad.filter(({ length }) => length === 1).flat()
    options.suppress = [...((options.suppress as number[] | undefined) ?? []), ...single]
    options.suppressSequences = bad.filter(({ length }) => length > 1)
  }
  return options as Partial<GenerationOptions>
}

const isSet = (value: unknown) => value !== undefined && value !== null

function lessStart(name: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return Math.max(0, (value as number) - 1)
  throw new GlassformerError(
    'ERR_OPTION',
    `option '${name}' must be an integer of at least ${least}, not ${shown(value)}`,
  )
}
