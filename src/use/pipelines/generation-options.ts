import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import type { GenerationOptions } from '../../engine/decode/options.ts'

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
  eos_token_id: 'ends',
  decoder_start_token_id: 'start',
  sequence_bias: 'sequenceBias',
  top_h: 'topH',
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

/** Of how many tokens generate() draws one, unless it is told. */
const TOP_K = 50

/**
 * The settings of generate() as our options; `defaults` are those of the model's folder. Translations may repeat themselves, as there.
 * @throws GlassformerError ERR_OPTION for a name that is none of the settings that are followed
 */
export function generationOptions(
  given: Readonly<Record<string, unknown>>,
  defaults: GenerationOptions,
): Partial<GenerationOptions> {
  const options: Record<string, unknown> = { loops: 'keep' }
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || harmless.includes(name) || others.includes(name)) continue
    const own = ours[name]
    if (own === undefined || !Object.hasOwn(ours, name))
      throw new GlassformerError(
        'ERR_OPTION',
        `unknown option '${name}'${didYouMean(name, [...Object.keys(ours), ...others])}: it is no setting of generate() that is followed here`,
      )
    options[own] = name === 'eos_token_id' && !Array.isArray(value) ? [value] : value
  }
  if (options.sample === true) options.topK ??= defaults.topK || TOP_K
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
