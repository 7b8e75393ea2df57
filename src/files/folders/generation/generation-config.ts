import { type ErrorCode, GlassformerError } from '../../../base/errors.ts'
import { optionsFrom, type Place } from '../../../base/schema/place.ts'
import {
  type GenerationOptions,
  generationDefaults,
  generationSettings,
  resolveOptions,
} from '../../../engine/decode/settings/options.ts'
import type { SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { idSettings, isGenerationSetting, isHarmless } from './generation-settings.ts'
import { SettingsReader } from './settings-reader.ts'
import type { UnsupportedSetting } from './unsupported-setting.ts'

/** The settings of generate() as our options, and the settings that this version does not support. */
interface ReadGeneration {
  generation: GenerationOptions
  unsupported: UnsupportedSetting[]
}

/** The place of settings of generate(). */
export interface SettingsPlace {
  /** A file or the call, at the beginning of messages. */
  where: string
  code: ErrorCode
  /** The words and code of errors in options made from settings. */
  options: Place
}

const inSettingsFile = (where: string): SettingsPlace => ({
  where,
  code: 'ERR_MODEL_FORMAT',
  options: optionsFrom(where),
})

/**
 * Hugging Face's generate() settings of the file `where` as our options; `ids` are those of the model. Settings that
 * this version does not support are listed beside them, unless their values change nothing. Without a maximum, the
 * model's limit applies (generate() would silently stop after 20 tokens). max_length and min_length also count the
 * start token and the `prompt` tokens after it.
 */
export function fromHuggingFace(
  settings: JsonObject,
  where: string,
  ids: SpecialIds,
  { prompt = 0, place = inSettingsFile(where) }: { prompt?: number; place?: SettingsPlace } = {},
): ReadGeneration {
  const unsupported = Object.entries(settings)
    .filter(([name, value]) => value !== null && !(isHarmless(name, value) && isOneId(name, value)))
    .map(([name, value]) => ({ name, value, file: where.replace(/^.*[/\\]/s, '') }))
  const read = new SettingsReader(settings, place.where, place.code)
  const ends = read.oneOrMore('eos_token_id')
  const start = read.id('decoder_start_token_id')
  const isEnd = (sequence: readonly number[]) => sequence.length === 1 && (ends ?? [ids.end]).includes(sequence[0])
  const bad = read.sequences('bad_words_ids').filter((sequence) => !isEnd(sequence))
  const suppressed = read.ids('suppress_tokens')
  checkForced(read, suppressed, place)
  // generate() applies suppress_tokens after forced tokens, and bad_words_ids before them.
  const isPossible = (id: number) => !suppressed.includes(id)
  const { sequenceBias, exponentialDecay, maxTime, topH } = generationTypes
  const options: GenerationOptions = {
    ...generationDefaults,
    beams: read.positiveInteger('num_beams', 1),
    alternatives: read.positiveInteger('num_return_sequences', 1),
    lengthPenalty: read.number('length_penalty', 1),
    earlyStopping: read.earlyStopping(),
    minTokens: read.length('min_length', 'min_new_tokens', prompt) ?? 0,
    maxTokens: read.length('max_length', 'max_new_tokens', prompt),
    noRepeatNgram: read.natural('no_repeat_ngram_size', 0),
    encoderNoRepeatNgram: read.natural('encoder_no_repeat_ngram_size', 0),
    repetitionPenalty: read.number('repetition_penalty', 1),
    encoderRepetitionPenalty: read.number('encoder_repetition_penalty', 1),
    suppress: [...bad.filter((sequence) => sequence.length === 1).flat(), ...suppressed],
    suppressSequences: bad.filter((sequence) => sequence.length > 1),
    suppressFirst: read.ids('begin_suppress_tokens'),
    sequenceBias: read.ofType('sequence_bias', sequenceBias, []),
    exponentialDecay: read.has('exponential_decay_length_penalty')
      ? read.ofType('exponential_decay_length_penalty', exponentialDecay, [0, 1])
      : null,
    forcedFirst: read.id('forced_bos_token_id'),
    forcedLast: oneOrAll(read.oneOrMore('forced_eos_token_id')?.filter(isPossible) ?? null),
    ends: ends && (ends.length !== 1 || ends[0] !== ids.end) ? ends : null,
    start: start === ids.start ? null : start,
    stopStrings: read.textOrTexts('stop_strings'),
    maxTime: read.has('max_time') ? read.ofType('max_time', maxTime, 0) : null,
    renormalize: read.flag('renormalize_logits', false),
    removeInvalid: read.flag('remove_invalid_values', false),
    sample: read.flag('do_sample', false),
    temperature: read.ofType('temperature', generationTypes.temperature, 1),
    topK: read.ofType('top_k', generationTypes.topK, 50),
    topP: read.ofType('top_p', generationTypes.topP, 1),
    minP: read.ofType('min_p', generationTypes.minP, 0),
    topH: read.has('top_h') ? read.ofType('top_h', topH, 1) : null,
    typicalP: read.ofType('typical_p', generationTypes.typicalP, 1),
    epsilonCutoff: read.ofType('epsilon_cutoff', generationTypes.epsilonCutoff, 0),
    etaCutoff: read.ofType('eta_cutoff', generationTypes.etaCutoff, 0),
    draft: read.has('prompt_lookup_num_tokens') ? 'lookup' : null,
    draftTokens: read.positiveInteger(
      'prompt_lookup_num_tokens',
      read.positiveInteger('num_assistant_tokens', generationDefaults.draftTokens),
    ),
    draftConfidence: read.ofType(
      'assistant_confidence_threshold',
      generationTypes.draftConfidence,
      generationDefaults.draftConfidence,
    ),
    draftNgram: read.positiveInteger('max_matching_ngram_size', generationDefaults.draftNgram),
  }
  return { generation: checkTogether(options, read, place), unsupported }
}

/** The types of options, which also check the settings with the same meaning. */
const generationTypes = Object.fromEntries(
  Object.entries(generationSettings).map(([name, { type }]) => [name, type]),
) as { [Name in keyof typeof generationSettings]: (typeof generationSettings)[Name]['type'] }

const oneOrAll = (ids: number[] | null): GenerationOptions['forcedLast'] => (ids?.length === 1 ? ids[0] : ids)

/** The special ids, from the generation settings first and the model's config.json second. */
export function specialIds(settings: JsonObject, config: JsonObject, where: string): SpecialIds {
  const read = new SettingsReader(
    Object.fromEntries(idSettings.map((name) => [name, settings[name] ?? config[name]])),
    where,
  )
  const end = read.id('eos_token_id')
  if (end === null)
    throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: eos_token_id, the id that ends a sentence, is missing`)
  // Without a start token, a decoder begins with the beginning-of-sentence token, as in generate().
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

/** Whether a setting for one id has one id as its value. Settings for several ids are not in this list. */
const isOneId = (name: string, value: unknown): boolean =>
  !['forced_bos_token_id', 'decoder_start_token_id'].includes(name) || !Array.isArray(value) || value.length <= 1

/** generate() too refuses forced tokens that are all suppressed, because no id would be left. */
function checkForced(read: SettingsReader, suppressed: readonly number[], { code }: SettingsPlace): void {
  for (const name of ['forced_bos_token_id', 'forced_eos_token_id']) {
    const forced = read.oneOrMore(name)
    if (!forced?.every((id) => suppressed.includes(id))) continue
    const which = forced.length === 1 ? `${name} ${forced[0]} is` : `all of ${name}, ${forced.join(', ')}, are`
    throw new GlassformerError(code, `${read.where}: ${which} also among suppress_tokens`)
  }
}

function checkTogether(options: GenerationOptions, read: SettingsReader, place: SettingsPlace): GenerationOptions {
  const { beams, sample } = options
  if (options.alternatives > beams && !(sample && beams === 1))
    read.fail('num_return_sequences', `at most num_beams (${beams})`)
  if (options.repetitionPenalty <= 0) read.fail('repetition_penalty', 'a positive number')
  if (options.encoderRepetitionPenalty <= 0) read.fail('encoder_repetition_penalty', 'a positive number')
  if (options.maxTokens !== null && options.minTokens > options.maxTokens) {
    // generate() also warns and continues: the end token stays forbidden before the last position.
    options.minTokens = options.maxTokens
  }
  return resolveOptions(options, generationDefaults, place.options)
}
