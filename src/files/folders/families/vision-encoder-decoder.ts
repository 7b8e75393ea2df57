import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import type { PictureConfig } from '../../../engine/model/config/picture-settings.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import {
  ofOneVocabulary,
  quantization,
  readActivation,
  readBertStack,
  readingHuggingFace,
  readStack,
} from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { bartNames } from './bart-layout.ts'
import type { Family } from './family.ts'
import { gpt2Config, gpt2SourceNames } from './gpt2.ts'
import { gpt2Tensors } from './gpt2-tensors.ts'
import { MadeTensors } from './picture-tensors.ts'

/** Encoders that see, and the states in front of their patches. */
const encoders: Readonly<Record<string, readonly string[]>> = {
  vit: ['cls_token'],
  deit: ['cls_token', 'distillation_token'],
}

const EMBEDDINGS = 'encoder.embeddings'
const PROJECTION = `${EMBEDDINGS}.patch_embeddings.projection`
const UNREAD = /^encoder\.pooler\.|\.embed_positions\._float_tensor$|\.position_ids$/
const QKV_BIAS = /^encoder\.encoder\.layer\.\d+\.attention\.attention\.(?:query|key|value)\.bias$/
const TROCR_OUTPUT = 'decoder.output_projection.weight'

/**
 * An encoder of pictures and a decoder of texts in Hugging Face's layout: ViT or DeiT, and TrOCR's decoder (Li et al. 2023) or GPT-2 with
 * attention to the source.
 */
export const visionEncoderDecoder: Family = {
  modelTypes: ['vision-encoder-decoder'],
  classes: ['VisionEncoderDecoderModel'],
  read: (folder, json) => reading(folder, withIdsOfDecoder(json)),
  quantized: { quantization_config: quantization },
  tensors: { read: tensorsOf, write: (tensors) => tensors },
  names,
}

const reading = readingHuggingFace({ config: readConfig, generation: {}, tokenizer: hubTokenizerFiles('Bart') })

/** Ids that config.json has for the decoder alone. */
function withIdsOfDecoder(json: JsonObject): JsonObject {
  const own = json.decoder
  if (!isJsonObject(own)) return json
  const ids = ['decoder_start_token_id', 'eos_token_id', 'pad_token_id', 'bos_token_id'].filter(
    (name) => (json[name] ?? null) === null && own[name] !== undefined,
  )
  return { ...json, ...Object.fromEntries(ids.map((name) => [name, own[name]])) }
}

function readConfig(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const sides = { encoder: fields.object('encoder', false), decoder: fields.object('decoder', false) }
  const types = { encoder: sides.encoder.text('model_type'), decoder: sides.decoder.text('model_type') }
  const refuse = (what: string): never => {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: VisionEncoderDecoderModel of '${types.encoder}' and '${types.decoder}' is not supported: ${what}; encoders that are ${Object.keys(encoders).join(' or ')}, and decoders that are ${Object.keys(decoders).join(' or ')}, are read`,
    )
  }
  if (!Object.hasOwn(encoders, types.encoder)) return refuse('an encoder of another kind')
  if (!Object.hasOwn(decoders, types.decoder)) return refuse('a decoder of another kind')
  if (!sides.decoder.flag('add_cross_attention', types.decoder === 'trocr'))
    return refuse('a decoder without add_cross_attention')
  const decoder = decoders[types.decoder](sides.decoder, ids)
  const { encoder } = sides
  const dModel = encoder.positiveInteger('hidden_size', 768)
  checkBiases(encoder, stored)
  return {
    ...decoder,
    encoder: readBertStack(encoder, dModel),
    encoderSide: {
      dModel,
      activation: readActivation(encoder, 'hidden_act', 'gelu'),
      norm: { kind: 'layerNorm', order: 'pre', epsilon: encoder.number('layer_norm_eps', 1e-12) },
      // transformers has its linear where widths differ and the decoder does not name that of its source.
      ...(sides.decoder.value('cross_attention_hidden_size') !== undefined && { projected: false }),
    },
    picture: pictureOf(encoder, encoders[types.encoder].length),
    ids: { ...ids, ...decoder.ids, sourceEnd: 'none' },
  }
}

/** Whether queries, keys and values have biases is said by config.json, and they are there or not together. */
function checkBiases(encoder: JsonFields, stored: FolderTensors): void {
  const found = [...stored.entries.keys()].filter((name) => QKV_BIAS.test(name)).length
  const expected = encoder.flag('qkv_bias', true) ? 3 * encoder.positiveInteger('num_hidden_layers', 12) : 0
  if (found === expected) return
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${encoder.where}: the encoder has ${found} biases of queries, keys and values, and config.json (qkv_bias) says ${expected}`,
  )
}

function pictureOf(fields: JsonFields, states: number): PictureConfig {
  const side = (name: string, byDefault: number): readonly [number, number] => {
    const value = fields.value(name)
    if (Array.isArray(value) && value.length === 2 && value.every((each) => Number.isSafeInteger(each) && each > 0))
      return [value[0], value[1]]
    const one = fields.positiveInteger(name, byDefault)
    return [one, one]
  }
  const size = side('image_size', 224)
  const [patch, other] = side('patch_size', 16)
  if (patch !== other) fields.fail('patch_size', 'one number')
  return {
    patch,
    channels: fields.positiveInteger('num_channels', 3),
    size,
    states,
    positions: states + Math.floor(size[0] / patch) * Math.floor(size[1] / patch),
  }
}

/** The model of a decoder, but for its encoder. */
const decoders: Readonly<Record<string, (fields: JsonFields, ids: SpecialIds) => ModelConfig>> = {
  trocr(fields, ids) {
    const dModel = fields.positiveInteger('d_model', 1024)
    const vocabulary = fields.positiveInteger('vocab_size', 50265)
    const rows = fields.positiveInteger('max_position_embeddings', 512)
    const decoder = readStack(fields, 'decoder', dModel)
    return {
      dModel,
      encoder: decoder,
      decoder,
      activation: readActivation(fields, 'activation_function', 'gelu'),
      norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: fields.flag('layernorm_embedding', true) },
      positions: fields.flag('use_learned_position_embeddings', true)
        ? { kind: 'learned', rows: rows + 2, offset: 2 }
        : { kind: 'timingSignal', offset: (ids.padding ?? 1) + 1 },
      embeddingScale: fields.flag('scale_embedding', false) ? Math.sqrt(dModel) : 1,
      ...ofOneVocabulary(fields, vocabulary),
      ids,
      maxLength: rows,
    }
  },
  gpt2: (fields, ids) => ({ ...gpt2Config(fields, ids, { hasSource: true }), kind: 'encoderDecoder' }),
}

/** Whether the decoder is GPT-2, whose norms stand in front of its sub-layers. */
const isGpt2 = ({ norm }: ModelConfig): boolean => norm.order === 'pre'

function tensorsOf(source: TensorSource): TensorSource {
  const names = [...source.tensors.keys()]
  const leading = encoders.deit.map((name) => `${EMBEDDINGS}.${name}`)
  const states = leading.filter((name) => source.tensors.has(name)).length
  const made = [
    { name: `${EMBEDDINGS}.states`, of: leading },
    {
      name: `${EMBEDDINGS}.positions`,
      of: [`${EMBEDDINGS}.position_embeddings`],
      added: { vector: `${PROJECTION}.bias`, from: states },
    },
    { name: `${PROJECTION}.matrix`, of: [`${PROJECTION}.weight`], isMatrix: true as const },
  ]
  const gpt2 = names.some((name) => name.startsWith('decoder.transformer.'))
  return new MadeTensors(gpt2 ? gpt2Tensors.read(source) : source, made, (name) => !UNREAD.test(name))
}

const encoderNames = {
  'encoder.states.weight': `${EMBEDDINGS}.states`,
  'encoder.positions.weight': `${EMBEDDINGS}.positions`,
  'encoder.rows.weight': `${PROJECTION}.matrix`,
  'encoder.*.selfAttention.query': 'encoder.encoder.layer.*.attention.attention.query',
  'encoder.*.selfAttention.key': 'encoder.encoder.layer.*.attention.attention.key',
  'encoder.*.selfAttention.value': 'encoder.encoder.layer.*.attention.attention.value',
  'encoder.*.selfAttention.output': 'encoder.encoder.layer.*.attention.output.dense',
  'encoder.*.selfAttentionNorm': 'encoder.encoder.layer.*.layernorm_before',
  'encoder.*.feedForward.inner': 'encoder.encoder.layer.*.intermediate.dense',
  'encoder.*.feedForward.outer': 'encoder.encoder.layer.*.output.dense',
  'encoder.*.feedForwardNorm': 'encoder.encoder.layer.*.layernorm_after',
  'encoder.norm': 'encoder.layernorm',
  sourceProjection: 'enc_to_dec_proj',
}

function names(config: ModelConfig): WeightNames {
  const own = isGpt2(config) ? { stored: gpt2SourceNames, ignored: [] } : trocrNames(config)
  return {
    stored: { ...own.stored, ...encoderNames },
    ignored: own.ignored,
    // Biases of queries, keys and values, which `checkBiases` has counted.
    optional: Array.from({ length: config.encoder.layers }, (_, i) =>
      ['query', 'key', 'value'].map((part) => `encoder.${i}.selfAttention.${part}.bias`),
    ).flat(),
    asRow: [],
  }
}

/** BART's names in the module of the decoder. */
function trocrNames(config: ModelConfig): Pick<WeightNames, 'stored' | 'ignored'> {
  const { stored } = bartNames(config)
  const inDecoder = Object.entries(stored)
    .filter(([own]) => own.startsWith('decoder.'))
    .map(([own, names]) => [own, [names].flat().map((name) => `decoder.${name}`)])
  return {
    stored: {
      ...Object.fromEntries(inDecoder),
      'embedding.weight': 'decoder.model.decoder.embed_tokens.weight',
      ...(!config.tiedOutput && { 'output.weight': TROCR_OUTPUT }),
    },
    // transformers puts the embedding in its place.
    ignored: config.tiedOutput ? [TROCR_OUTPUT] : [],
  }
}
