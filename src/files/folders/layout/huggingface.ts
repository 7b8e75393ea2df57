import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, some } from '../../../base/schema/settings.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import {
  type Activation,
  checkConfig,
  type ModelConfig,
  type SpecialIds,
  type StackConfig,
} from '../../../engine/model/config/config.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { fromHuggingFace, generationKeysOf, specialIds } from '../generation/generation-config.ts'
import { FolderTensors } from '../tensors/folder-tensors.ts'
import type { TokenizerContents } from '../tokenizers/tokenizer-files.ts'
import { type FolderSettings, folderSettings } from './loaded-model.ts'

/** The parts that differ between Hugging Face's families. */
export interface HuggingFaceFamily {
  /**
   * The model that config.json describes. `stored` are the tensors of the folder, for families whose configuration
   * depends on them.
   */
  config(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig
  /** Whether models are decoders alone. */
  isDecoder?: true
  /**
   * Defaults of transformers' generation settings, for a folder without a generation_config.json whose config.json does
   * not set them.
   */
  generation: JsonObject
  /** The tokenizer, and the languages where the tokenizer names them. */
  tokenizer(folder: Folder): { tokenizer: TokenizerContents; sourceLocale?: string; targetLocale?: string }
}

/** Keys of our own layout that config.json may contain. */
const ourSettings = some(folderSettings, 'splitTokens', 'trainedOn', 'augmented')

/** Reads a folder written by `save_pretrained`: settings in config.json and generation_config.json. */
export const readingHuggingFace =
  (family: HuggingFaceFamily) =>
  (folder: Folder, json: JsonObject): FolderSettings => {
    const { ids, ...generation } = readGeneration(folder, json, family.generation)
    const fields = new JsonFields(json, folder.at('config.json'))
    checkQuantization(fields)
    checkArchitecture(fields, family.isDecoder ?? false)
    const config = family.config(fields, ids, new FolderTensors(folder))
    checkConfig(config, fields.where)
    const tokenizer = family.tokenizer(folder)
    if (family.isDecoder) Object.assign(generation.generation, ofTexts(generation.generation, config))
    return {
      config,
      ...generation,
      ...tokenizer,
      ...read(
        ourSettings,
        { splitTokens: json.splitTokens, trainedOn: json.trainedOn, augmented: json.augmented },
        inFile(fields.where),
      ),
    }
  }

/** The most new tokens of a decoder whose folder names no limit: few such models end a text by themselves. */
const NEW_TOKENS = 256

/** Options of a search that goes on with a text: repetitions stay, as a text may have them. */
const ofTexts = ({ maxTokens }: GenerationOptions, { maxLength }: ModelConfig) => ({
  maxTokens: maxTokens ?? Math.min(NEW_TOKENS, maxLength),
  loops: 'keep' as const,
})

const GENERATION_FILE = 'generation_config.json'

/** The file with the search settings of a folder. */
export const settingsFileOf = (folder: Folder): string =>
  folder.has(GENERATION_FILE) ? GENERATION_FILE : 'config.json'

// Where generation_config.json exists, the generation keys of config.json are ignored. Otherwise they apply, together
// with transformers' defaults.
function readGeneration(folder: Folder, json: JsonObject, defaults: JsonObject) {
  const file = settingsFileOf(folder)
  const settings = file === GENERATION_FILE ? folder.json(file) : { ...defaults, ...generationKeysOf(json) }
  const where = folder.at(file)
  const ids = specialIds(settings, json, where)
  return { ...fromHuggingFace(settings, where, ids), settings, ids }
}

const activations: Readonly<Record<string, Activation>> = {
  relu: 'relu',
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'geluTanh',
  gelu_fast: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  swish: 'swish',
  silu: 'swish',
}

/** The names of activations in Hugging Face's files. */
export const writtenActivation: Readonly<Record<Activation, string>> = {
  relu: 'relu',
  gelu: 'gelu',
  geluTanh: 'gelu_new',
  swish: 'swish',
}

/** The layers of one side, under the keys of config.json that most families have. */
export function readStack(fields: JsonFields, side: 'encoder' | 'decoder', dModel: number): StackConfig {
  const heads = fields.positiveInteger(`${side}_attention_heads`)
  if (dModel % heads) fields.fail(`${side}_attention_heads`, `a divisor of d_model (${dModel})`)
  return {
    layers: fields.positiveInteger(`${side}_layers`),
    heads,
    dHead: dModel / heads,
    dFeedForward: fields.positiveInteger(`${side}_ffn_dim`),
  }
}

/** The layers under BERT's keys of config.json, which the encoders of texts and of pictures share. */
export function readBertStack(fields: JsonFields, dModel: number): StackConfig {
  const heads = fields.positiveInteger('num_attention_heads', 12)
  if (dModel % heads) fields.fail('num_attention_heads', `a divisor of hidden_size (${dModel})`)
  return {
    layers: fields.positiveInteger('num_hidden_layers', 12),
    heads,
    dHead: dModel / heads,
    dFeedForward: fields.positiveInteger('intermediate_size', 3072),
  }
}

/** The settings of a model whose sides share one vocabulary and embedding, with biases in its layers and none in its output. */
export const ofOneVocabulary = (fields: JsonFields, vocabulary: number) =>
  ({
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    sharedEmbedding: true,
    tiedOutput: fields.flag('tie_word_embeddings', true),
    outputBias: false,
    linearBias: true,
    outputScale: 1,
  }) as const

/** The fields from which `readStack` reads both stacks. */
export const stacksJson = ({ encoder, decoder }: ModelConfig) => ({
  encoder_layers: encoder.layers,
  decoder_layers: decoder.layers,
  encoder_attention_heads: encoder.heads,
  decoder_attention_heads: decoder.heads,
  encoder_ffn_dim: encoder.dFeedForward,
  decoder_ffn_dim: decoder.dFeedForward,
})

/**
 * The activation of the feed-forward layers, in the key `key` after the prefix `before`; `byDefault` is transformers'
 * default.
 */
export function readActivation(fields: JsonFields, key: string, byDefault: string, before = /^/): Activation {
  const name = fields.text(key, byDefault).replace(before, '')
  if (Object.hasOwn(activations, name)) return activations[name]
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${fields.where}: ${key} '${name}' is not supported; these are: ${Object.keys(activations).join(', ')}${didYouMean(name, Object.keys(activations))}`,
  )
}

/** Refuses a folder whose model does not generate text: a part of one that does, or a classifier. */
function checkArchitecture(fields: JsonFields, isDecoder: boolean): void {
  const refuse = (what: string): never => {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: ${what}: only models ${isDecoder ? '' : 'with an encoder and a decoder '}that write text can be loaded`,
    )
  }
  if (!isDecoder && !fields.flag('is_encoder_decoder', true)) refuse('is_encoder_decoder is false')
  const names = [fields.value('architectures') ?? []].flat()
  const writes = (name: unknown) => !/For(?!ConditionalGeneration|TextToText)[A-Z]|Encoder(Model)?$/.test(String(name))
  if (names.length && !names.some(writes)) refuse(`architectures has ${names.join(', ')}`)
}

function checkQuantization(fields: JsonFields): void {
  if (!fields.has('quantization_config') || isOurs(fields.object('quantization_config', false))) return
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${fields.where}: quantization_config: folders that others have quantized cannot be read; use the original model, and ` +
      'npx glassformer quantize',
  )
}

/**
 * The entry of config.json for folders whose matrices are I8 beside their scales. The entry makes transformers refuse
 * the folder instead of loading the integers as weights.
 */
export const quantization = { quant_method: 'glassformer' }

const isOurs = (fields: JsonFields) => fields.value('quant_method') === quantization.quant_method
