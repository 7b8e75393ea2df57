import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean } from '../did-you-mean.ts'
import { GlassformerError } from '../errors.ts'
import { type JsonObject, readJsonObject } from '../formats/json-text.ts'
import { type Activation, checkConfig, type ModelConfig, type SpecialIds, type StackConfig } from '../model-config.ts'
import type { Parameter } from '../weights/parameters.ts'
import type { StoredNames } from './fill-weights.ts'
import { fromHuggingFace, generationKeysOf, specialIds } from './generation-config.ts'
import { JsonFields } from './json-fields.ts'
import { type FolderContents, trainedOn } from './loaded-model.ts'
import { marianTokenizerFiles } from './stored-tokenizer.ts'

/** What a folder in Hugging Face's Marian layout says, as `save_pretrained` writes it; `json` is its config.json. */
export function readMarian(folder: string, json: JsonObject): FolderContents {
  const { generation, unsupported, ids } = readGeneration(folder, json)
  const fields = new JsonFields(json, join(folder, 'config.json'))
  const config = marianConfig(fields, ids)
  const tokenizer = marianTokenizerFiles(folder)
  const language = tokenizer.kind === 'marian' ? tokenizer.configuration.source_lang : undefined
  return {
    config,
    generation,
    unsupported,
    tokenizer,
    sourceLocale: typeof language === 'string' ? language : undefined,
    splitTokens: fields.positiveInteger('splitTokens', 100),
    trainedOn: fields.oneOf('trainedOn', trainedOn, 'texts'),
    names: (stored) => marianNames(config, stored),
  }
}

// A generation_config.json makes the generation keys of config.json void; without one they count, and MarianConfig's default.
function readGeneration(folder: string, json: JsonObject) {
  const path = join(folder, 'generation_config.json')
  const own = existsSync(path)
  const settings = own ? readJsonObject(path) : { forced_eos_token_id: 0, ...generationKeysOf(json) }
  const where = own ? path : join(folder, 'config.json')
  const ids = specialIds(settings, json, where)
  return { ...fromHuggingFace(settings, where, ids), ids }
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

/**
 * The model that a Marian config.json describes, as Hugging Face's MarianMTModel builds it: post-norm whatever
 * `normalize_before` says, LayerNorm ε 1e-5, sines then cosines from position 0. Defaults are MarianConfig's.
 */
function marianConfig(fields: JsonFields, ids: SpecialIds): ModelConfig {
  checkQuantization(fields)
  const dModel = fields.positiveInteger('d_model')
  const sourceVocabulary = fields.positiveInteger('vocab_size')
  const config: ModelConfig = {
    dModel,
    encoder: readStack(fields, 'encoder', dModel),
    decoder: readStack(fields, 'decoder', dModel),
    activation: readActivation(fields),
    norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
    positions: { kind: 'halves' },
    embeddingScale: fields.flag('scale_embedding', false) ? Math.sqrt(dModel) : 1,
    sourceVocabulary,
    targetVocabulary: fields.positiveInteger('decoder_vocab_size', sourceVocabulary),
    sharedEmbedding: fields.flag('share_encoder_decoder_embeddings', true),
    tiedOutput: fields.flag('tie_word_embeddings', true),
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids,
    maxLength: fields.positiveInteger('max_position_embeddings', 1024),
  }
  checkConfig(config, fields.where)
  return config
}

function readStack(fields: JsonFields, side: 'encoder' | 'decoder', dModel: number): StackConfig {
  const heads = fields.positiveInteger(`${side}_attention_heads`)
  if (dModel % heads) fields.fail(`${side}_attention_heads`, `a divisor of d_model (${dModel})`)
  return {
    layers: fields.positiveInteger(`${side}_layers`),
    heads,
    dHead: dModel / heads,
    dFeedForward: fields.positiveInteger(`${side}_ffn_dim`),
  }
}

function readActivation(fields: JsonFields): Activation {
  const name = fields.text('activation_function', 'gelu')
  if (Object.hasOwn(activations, name)) return activations[name]
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${fields.where}: activation_function '${name}' is not supported; these are: ${Object.keys(activations).join(', ')}${didYouMean(name, Object.keys(activations))}`,
  )
}

function checkQuantization(fields: JsonFields): void {
  if (!fields.has('quantization_config') || isOurs(fields.object('quantization_config', false))) return
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${fields.where}: quantization_config: folders that others have quantized cannot be read; use the original model, and ` +
      'glassformer quantize',
  )
}

/**
 * What config.json says where matrices are I8 beside their scales, so that transformers, which would take the integers for
 * weights, refuses the folder.
 */
export const marianQuantization = { quant_method: 'glassformer' }

const isOurs = (fields: JsonFields) => fields.value('quant_method') === marianQuantization.quant_method

const sublayers: Readonly<Record<string, string>> = {
  selfAttention: 'self_attn',
  crossAttention: 'encoder_attn',
  selfAttentionNorm: 'self_attn_layer_norm',
  crossAttentionNorm: 'encoder_attn_layer_norm',
  feedForwardNorm: 'final_layer_norm',
  'feedForward.inner': 'fc1',
  'feedForward.outer': 'fc2',
  query: 'q_proj',
  key: 'k_proj',
  value: 'v_proj',
  output: 'out_proj',
}

const SHARED = 'model.shared.weight'
const SOURCE = 'model.encoder.embed_tokens.weight'
const TARGET = 'model.decoder.embed_tokens.weight'
const OUTPUT = 'lm_head.weight'

/** Which tensor of a Marian folder is which weight; `stored` are the tensors that the folder has. */
export function marianNames(config: ModelConfig, stored: ReadonlySet<string>): StoredNames {
  // What is tied is stored under one of its names or under several; the first one there is read.
  const ties: Record<string, string[]> = {
    'encoder.embedding.weight': [SOURCE],
    'decoder.embedding.weight': [TARGET],
    'embedding.weight': [SHARED, SOURCE, TARGET],
    'output.weight': [OUTPUT],
  }
  if (config.tiedOutput) ties[config.sharedEmbedding ? 'embedding.weight' : 'decoder.embedding.weight'].push(OUTPUT)
  const original = (names: string[]) => names.find((name) => stored.has(name)) ?? names[0]
  const extras = new Map<string, string | null>([
    ['model.encoder.embed_positions.weight', null], // sinusoids, which need no storing
    ['model.decoder.embed_positions.weight', null],
  ])
  const used = config.sharedEmbedding ? ['embedding.weight'] : ['encoder.embedding.weight', 'decoder.embedding.weight']
  for (const weight of used)
    for (const name of ties[weight]) if (name !== original(ties[weight])) extras.set(name, original(ties[weight]))
  return {
    extras,
    of({ name }: Parameter) {
      if (ties[name]) return original(ties[name])
      // A buffer, not a weight, to Hugging Face: zeros where it is not stored.
      if (name === 'output.bias') return stored.has('final_logits_bias') ? 'final_logits_bias' : null
      const [side, layer, ...path] = name.split('.')
      const kind = path.pop()
      const module = sublayers[path.join('.')] ?? path.map((part) => sublayers[part]).join('.')
      return `model.${side}.layers.${layer}.${module}.${kind}`
    },
  }
}
