import { type GenerationOptions, generationDefaults, resolveOptions } from '../decode/options.ts'
import { GlassformerError } from '../errors.ts'
import type { SpecialIds } from '../weights/config.ts'
import { idSettings, isGenerationSetting, isHarmless } from './generation-settings.ts'
import {
  type HuggingFaceSettings,
  type SettingsContext,
  SettingsReader,
  unsupportedSetting,
} from './settings-reader.ts'

export type { HuggingFaceSettings, SettingsContext }

/**
 * Hugging Face's generate() settings as our options. To apply a call's settings over a folder's, merge the two objects first:
 * null and undefined unset. What this version cannot do is ERR_UNSUPPORTED by name, unless it stands at a value that
 * changes nothing. Where no maximum is given the model's limit holds (generate() would stop after 20 tokens, silently).
 */
export function fromHuggingFace(settings: HuggingFaceSettings, context: SettingsContext): GenerationOptions {
  const given = new Map(Object.entries(settings).filter(([, value]) => value !== null && value !== undefined))
  for (const [name, value] of given) if (!isHarmless(name, value)) throw unsupportedSetting(name, value, context)
  checkIds(given, context)
  const read = new SettingsReader(given, context)
  const bad = read.sequences('bad_words_ids').filter((ids) => ids.length > 1 || ids[0] !== context.ids.end)
  const options: GenerationOptions = {
    ...generationDefaults,
    beams: read.natural('num_beams', 1, 1),
    alternatives: read.natural('num_return_sequences', 1, 1),
    lengthPenalty: read.number('length_penalty', 1),
    earlyStopping: read.earlyStopping(),
    minTokens: read.length('min_length', 'min_new_tokens') ?? 0,
    maxTokens: read.length('max_length', 'max_new_tokens'),
    noRepeatNgram: read.natural('no_repeat_ngram_size', 0, 0),
    repetitionPenalty: read.number('repetition_penalty', 1),
    suppress: [...bad.filter((ids) => ids.length === 1).flat(), ...read.ids('suppress_tokens')],
    suppressSequences: bad.filter((ids) => ids.length > 1),
    suppressFirst: read.ids('begin_suppress_tokens'),
    forcedFirst: read.id('forced_bos_token_id'),
    forcedLast: read.id('forced_eos_token_id'),
    renormalize: read.flag('renormalize_logits'),
  }
  return checkTogether(options, read, context)
}

/** The ids with a meaning, from generation settings first and the model's config.json second. */
export function specialIds(settings: HuggingFaceSettings, config: HuggingFaceSettings, where: string): SpecialIds {
  const context: SettingsContext = {
    where,
    code: 'ERR_MODEL_FORMAT',
    ids: { end: 0, start: null, padding: null, unknown: null },
  }
  const given = new Map<string, unknown>()
  for (const name of idSettings) {
    const value = settings[name] ?? config[name]
    if (value !== null && value !== undefined) given.set(name, value)
  }
  const read = new SettingsReader(given, context)
  const end = read.id('eos_token_id')
  if (end === null)
    throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: eos_token_id, the id that ends a sentence, is missing`)
  // Without a start token of its own a decoder begins with the beginning of a sentence, as generate() has it.
  const start = read.id('decoder_start_token_id') ?? read.id('bos_token_id')
  if (start === null)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${where}: decoder_start_token_id, the decoder's first input, is missing`,
    )
  return { end, start, padding: read.id('pad_token_id'), unknown: null }
}

/** The generation settings among the keys of a config.json, for folders without a generation_config.json. */
export function generationKeysOf(config: HuggingFaceSettings): HuggingFaceSettings {
  return Object.fromEntries(Object.entries(config).filter(([name]) => isGenerationSetting(name)))
}

// The model was recorded for its own ids: settings may repeat them, not change them.
function checkIds(given: ReadonlyMap<string, unknown>, context: SettingsContext): void {
  const own = {
    eos_token_id: context.ids.end,
    decoder_start_token_id: context.ids.start,
    pad_token_id: context.ids.padding,
  }
  for (const [name, id] of Object.entries(own)) {
    const value = given.get(name)
    if (value === undefined || value === id || (Array.isArray(value) && value.length === 1 && value[0] === id)) continue
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${context.where}: ${name} = ${JSON.stringify(value)} where the model has ${id}`,
    )
  }
}

function checkTogether(options: GenerationOptions, read: SettingsReader, context: SettingsContext): GenerationOptions {
  if (options.alternatives > options.beams) read.fail('num_return_sequences', `at most num_beams (${options.beams})`)
  if (options.repetitionPenalty <= 0) read.fail('repetition_penalty', 'a positive number')
  if (options.maxTokens !== null && options.minTokens > options.maxTokens) {
    // generate() does the same after a warning: the end stays forbidden up to the last place.
    options.minTokens = options.maxTokens
  }
  // generate() refuses these too: nothing could come out.
  for (const [name, id] of [
    ['forced_bos_token_id', options.forcedFirst],
    ['forced_eos_token_id', options.forcedLast],
  ] as const)
    if (id !== null && read.ids('suppress_tokens').includes(id))
      throw new GlassformerError(context.code, `${context.where}: ${name} ${id} is also among suppress_tokens`)
  try {
    return resolveOptions(options, generationDefaults)
  } catch (cause) {
    throw new GlassformerError(context.code, `${context.where}: ${(cause as Error).message}`, { cause })
  }
}
