import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../../base/errors.ts'
import { reading } from '../../../base/reading.ts'
import { inOptions } from '../../../base/schema/place.ts'
import { checkIds } from '../../../engine/decode/check-ids.ts'
import type { LogitsProcessor, PrefixAllowed } from '../../../engine/decode/processors/index.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { isDecoderOnly, type ModelConfig } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import { fromHuggingFace } from '../../../files/folders/generation/generation-config.ts'
import {
  generationSettingNames,
  isGenerationSetting,
  isHarmless,
} from '../../../files/folders/generation/generation-settings.ts'
import { checkSupported, type UnsupportedSetting } from '../../../files/folders/generation/unsupported-setting.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import {
  readScheduling,
  type Scheduling,
  type SchedulingOptions,
  schedulingSettings,
} from '../../../workers/requests/scheduling.ts'

/**
 * The settings of `generate`: those of Hugging Face's generation_config.json by name, with null to unset one, and the
 * following. They override the settings of the model's folder.
 */
export interface GenerateSettings extends SchedulingOptions {
  /**
   * The decoder's first tokens for each source, as a prompt; the start is prepended unless the first token is a start.
   */
  decoder_input_ids?: readonly number[] | readonly (readonly number[])[] | null
  /** Seed that makes samples reproducible. */
  seed?: number | null
  /**
   * Returns the ids that may come next: called with the index of the source and the decoder's ids so far. It runs on
   * the calling thread.
   */
  prefix_allowed_tokens_fn?: PrefixAllowed | null
  /** Functions that change the logits of the next token. They run on the calling thread. */
  logits_processor?: LogitsProcessor | readonly LogitsProcessor[] | null
  /**
   * Called with the index of a source and all its generated ids so far, as they become certain. With several beams
   * these are the ids with which every hypothesis begins.
   */
  streamer?: ((source: number, ids: readonly number[]) => void) | null
  /** The name of the low-rank adapter that is added to the model, one of `adapters` of loading. */
  adapter?: string | null
  /**
   * A model that drafts, for less time and the same results: its folder, or a model of `from_pretrained`. Each worker loads it on first use.
   */
  assistant_model?: string | { translator: { model: { path: string } } } | null
  [setting: string]: unknown
}

/** Options of generating from one source. */
export interface SourceSettings {
  options: GenerationOptions
  /** The decoder's first inputs: the start (−1 if it is a zero vector) and a prompt. */
  begin: number[]
  /** The folder of a model that drafts. */
  assistant?: string
  /** The low-rank adapter that is added to the model. */
  adapter?: Adapter
}

/** The checked settings of a call: the options for each source, and the functions that cannot be sent to a worker. */
export interface ResolvedGenerate {
  sources: SourceSettings[]
  /** The name of the adapter, which is looked up when the call begins. */
  adapterName?: string
  prefixAllowed?: PrefixAllowed
  processors: readonly LogitsProcessor[]
  streamer?: (source: number, ids: number[]) => void
  scheduling: Scheduling
}

/** The settings that a call overrides. */
export interface GeneratingModel {
  path: string
  config: ModelConfig
  /** The options of the folder, and the generation settings from which they were derived. */
  generation: GenerationOptions
  settings: JsonObject
  /** Settings of the folder that this version does not support. */
  unsupported: readonly UnsupportedSetting[]
  hasTokenizer: boolean
}

/** Default number of new tokens in generate() of transformers, if neither the call nor the folder sets one. */
const NEW_TOKENS = 20

/** Settings of a call that no file has. */
const ofCalls = [
  'adapter',
  'assistant_model',
  'decoder_input_ids',
  'seed',
  'prefix_allowed_tokens_fn',
  'logits_processor',
  'streamer',
  ...Object.keys(schedulingSettings),
]

/** Settings that ask for results which `generate` does not return. */
const ofResults = ['output_attentions', 'output_hidden_states', 'output_logits']

/**
 * @throws GlassformerError ERR_OPTION for a setting that does not exist or has a wrong value, ERR_UNSUPPORTED for one
 * that is not supported
 */
export const resolveGenerate = (given: unknown, sources: Sources, model: GeneratingModel): ResolvedGenerate =>
  reading('the settings', () => resolved(inOptions.object(given), sources, model))

type Sources = readonly (readonly number[])[]

function resolved(object: Record<string, unknown>, sources: Sources, model: GeneratingModel): ResolvedGenerate {
  const { config, settings } = model
  const {
    decoder_input_ids,
    seed,
    prefix_allowed_tokens_fn,
    logits_processor,
    streamer,
    assistant_model,
    adapter,
    ...others
  } = object
  const { signal, timeout, priority, client, ...given } = others
  for (const [name, value] of Object.entries(given)) checkKnown(name, value)
  if (seed !== undefined && seed !== null && !(Number.isSafeInteger(seed) && (seed as number) >= 0))
    refuse('seed', 'an integer of at least 0', seed)
  const whole = { ...settings, ...withoutUndefined(given) } as JsonObject
  const isAlone = isDecoderOnly(config)
  const prompts = isAlone
    ? ownPrompts(decoder_input_ids, sources)
    : promptsOf(decoder_input_ids, sources.length, config)
  if (adapter !== undefined && adapter !== null && typeof adapter !== 'string')
    refuse('adapter', 'the name of an adapter', adapter)
  const byLength = new Map<number, GenerationOptions>()
  const optionsFor = (prompt: number): GenerationOptions => {
    const options = byLength.get(prompt) ?? {
      ...optionsOf(whole, given, prompt, model),
      seed: (seed ?? null) as number | null,
    }
    byLength.set(prompt, options)
    return options
  }
  const start = optionsFor(0).start ?? config.ids.start ?? -1
  const assistant = assistantOf(assistant_model ?? null)
  const hasStart = prompts.some(([first]) => first === start)
  // A decoder alone reads its prompt as it is, and the start in place of an empty one.
  const needsStart = ({ length }: readonly number[]) => (isAlone ? !length : !hasStart)
  return {
    sources: prompts.map((prompt) => {
      const begin = needsStart(prompt) ? [start, ...prompt] : [...prompt]
      const options = optionsFor(begin.length - 1)
      return assistant === null ? { begin, options } : { begin, options: { ...options, draft: null }, assistant }
    }),
    ...(typeof adapter === 'string' && { adapterName: adapter }),
    processors: functionsOf('logits_processor', logits_processor) as LogitsProcessor[],
    prefixAllowed: functionsOf('prefix_allowed_tokens_fn', prefix_allowed_tokens_fn)[0] as PrefixAllowed | undefined,
    streamer: functionsOf('streamer', streamer)[0] as ResolvedGenerate['streamer'],
    scheduling: readScheduling({ signal, timeout, priority, client } as SchedulingOptions),
  }
}

/** The folder of an assistant. */
function assistantOf(given: unknown): string | null {
  if (given === null || typeof given === 'string') return given
  const path = (given as { translator?: { model?: { path?: unknown } } }).translator?.model?.path
  return typeof path === 'string' ? path : refuse('assistant_model', 'a folder, or a model of from_pretrained', given)
}

/** Converts settings to options for a source with a prompt of this many tokens. */
function optionsOf(whole: JsonObject, given: JsonObject, prompt: number, model: GeneratingModel): GenerationOptions {
  const { config, path } = model
  const place = { where: 'generate', code: 'ERR_OPTION', options: inOptions } as const
  const { generation, unsupported } = fromHuggingFace(whole, 'generate', config.ids, { prompt, place })
  const { lengthPenaltyForm, wordPenalty, maxLengthFactor, shortlist } = model.generation
  // generate() of transformers does not cut repetitions.
  const options: GenerationOptions = {
    ...generation,
    lengthPenaltyForm,
    wordPenalty,
    maxLengthFactor,
    shortlist,
    loops: 'keep',
  }
  if (given.eos_token_id === null) options.ends = []
  if (whole.max_length == null && whole.max_new_tokens == null) {
    options.maxTokens = Math.max(1, Math.min(NEW_TOKENS, config.maxLength - 1 - prompt))
    options.minTokens = Math.min(options.minTokens, options.maxTokens)
  }
  checkIds(options, config)
  if (options.stopStrings.length && !model.hasTokenizer)
    throw new GlassformerError('ERR_OPTION', `generate: stop_strings need a tokenizer, and ${path} has none`)
  for (const { name, value } of unsupported) if (Object.hasOwn(given, name)) throw notSupported(name, value)
  const ofFolder = model.unsupported.filter(({ name }) => !Object.hasOwn(given, name))
  checkSupported(ofFolder, {}, options, path)
  return options
}

function checkKnown(name: string, value: unknown): void {
  if (!isGenerationSetting(name) && !isHarmless(name, value))
    throw new GlassformerError(
      'ERR_OPTION',
      `generate: unknown setting '${name}'${didYouMean(name, [...generationSettingNames, ...ofCalls])}; the settings are those of ` +
        `generation_config.json, ${ofCalls.join(', ')}`,
    )
  const isNothing = value === null || value === undefined || value === false
  if (!isNothing && (!isHarmless(name, value) || ofResults.includes(name))) throw notSupported(name, value)
}

const notSupported = (name: string, value: unknown) =>
  new GlassformerError('ERR_UNSUPPORTED', `generate: ${name} = ${shown(value)} is not supported by this version`)

function refuse(name: string, expected: string, value: unknown): never {
  throw new GlassformerError('ERR_OPTION', `generate: ${name} must be ${expected}, not ${shown(value)}`)
}

const withoutUndefined = (object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

function functionsOf(name: string, value: unknown): unknown[] {
  const list = value === undefined || value === null ? [] : [value].flat()
  if (!list.every((each) => typeof each === 'function')) refuse(name, 'a function', value)
  return list
}

/** The prompts of a decoder alone are its sources. */
function ownPrompts(given: unknown, sources: Sources): number[][] {
  if (given === undefined || given === null) return sources.map((ids) => [...ids])
  throw new GlassformerError(
    'ERR_OPTION',
    'generate: decoder_input_ids is for models with an encoder; the prompt of this model is its input',
  )
}

/** The prompt of each source, without the start unless the caller passed it. */
function promptsOf(value: unknown, count: number, { targetVocabulary }: ModelConfig): number[][] {
  if (value === undefined || value === null) return Array.from({ length: count }, () => [])
  const isId = (id: unknown) => Number.isInteger(id) && (id as number) >= 0 && (id as number) < targetVocabulary
  const isPrompt = (ids: unknown): ids is number[] => Array.isArray(ids) && ids.every(isId)
  const rows = count === 1 && isPrompt(value) ? [value] : value
  if (!Array.isArray(rows) || rows.length !== count || !rows.every(isPrompt))
    refuse('decoder_input_ids', `a list of ids below ${targetVocabulary} for each of ${count} sources`, value)
  return (rows as number[][]).map((ids) => [...ids])
}
