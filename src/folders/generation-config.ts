import { basename } from 'node:path'
import { type GenerationOptions, generationDefaults, resolveOptions } from '../decode/options.ts'
import { GlassformerError } from '../errors.ts'
import type { JsonObject } from '../formats/json-text.ts'
import type { SpecialIds } from '../model/config.ts'
import { optionsFrom } from '../schema/place.ts'
import { idSettings, isGenerationSetting, isHarmless } from './generation-settings.ts'
import { SettingsReader } from './settings-reader.ts'
import type { UnsupportedSetting } from './unsupported-setting.ts'

/** The settings of generate() as our options, and the settings that this version cannot follow. */
interface ReadGeneration {
  generation: GenerationOptions
  unsupported: UnsupportedSetting[]
}

/**
 * Hugging Face's generate() settings of the file `where` as our options; `ids` are those of the model. Settings that this version cannot
 * follow are listed beside them, unless their values change nothing. Where no maximum is given, the model's limit holds (generate() would
 * stop after 20 tokens, silently).
 */
export function fromHuggingFace(settings: JsonObject, where: string, ids: SpecialIds): ReadGeneration {
  const unsupported = Object.entries(settings)
    .filter(([name, value]) => value !== null && !(isHarmless(name, value) && isOneId(name, value, ids)))
    .map(([name, value]) => ({ name, value, file: basename(where) }))
  const read = new SettingsReader(settings, where)
  const bad = read.sequences('bad_words_ids').filter((sequence) => sequence.length > 1 || sequence[0] !== ids.end)
  const options: GenerationOptions = {
    ...generationDefaults,
    beams: read.positiveInteger('num_beams', 1),
    alternatives: read.positiveInteger('num_return_sequences', 1),
    lengthPenalty: read.number('length_penalty', 1),
    earlyStopping: read.earlyStopping(),
    minTokens: read.length('min_length', 'min_new_tokens') ?? 0,
    maxTokens: read.length('max_length', 'max_new_tokens'),
    noRepeatNgram: read.natural('no_repeat_ngram_size', 0),
    repetitionPenalty: read.number('repetition_penalty', 1),
    suppress: [...bad.filter((sequence) => sequence.length === 1).flat(), ...read.ids('suppress_tokens')],
    suppressSequences: bad.filter((sequence) => sequence.length > 1),
    suppressFirst: read.ids('begin_suppress_tokens'),
    forcedFirst: read.id('forced_bos_token_id'),
    forcedLast: read.id('forced_eos_token_id'),
    renormalize: read.flag('renormalize_logits', false),
  }
  return { generation: checkTogether(options, read), unsupported }
}

/** The ids with a meaning, from generation settings first and the model's config.json second. */
export function specialIds(settings: JsonObject, config: JsonObject, where: string): SpecialIds {
  const read = new SettingsReader(
    Object.fromEntries(idSettings.map((name) => [name, settings[name] ?? config[name]])),
    where,
  )
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
export function generationKeysOf(config: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([name]) => isGenerationSetting(name)))
}

/** Whether a setting that names an id names just one id, which is the model's. Other settings may name any ids. */
function isOneId(name: string, value: unknown, { end, start, padding }: SpecialIds): boolean {
  const id: number | null | undefined = {
    eos_token_id: end,
    decoder_start_token_id: start,
    pad_token_id: padding,
  }[name]
  if (id !== undefined) return value === id || (Array.isArray(value) && value.length === 1 && value[0] === id)
  return !/^forced_[be]os_token_id$/.test(name) || !Array.isArray(value) || value.length <= 1
}

function checkTogether(options: GenerationOptions, read: SettingsReader): GenerationOptions {
  if (options.alternatives > options.beams) read.fail('num_return_sequences', `at most num_beams (${options.beams})`)
  if (options.repetitionPenalty <= 0) read.fail('repetition_penalty', 'a positive number')
  if (options.maxTokens !== null && options.minTokens > options.maxTokens) {
    // generate() does the same after a warning: the end stays forbidden before the last place.
    options.minTokens = options.maxTokens
  }
  // generate() refuses these too, because no id could come out.
  for (const [name, id] of [
    ['forced_bos_token_id', options.forcedFirst],
    ['forced_eos_token_id', options.forcedLast],
  ] as const)
    if (id !== null && read.ids('suppress_tokens').includes(id))
      throw new GlassformerError('ERR_MODEL_FORMAT', `${read.where}: ${name} ${id} is also among suppress_tokens`)
  return resolveOptions(options, generationDefaults, optionsFrom(read.where))
}
