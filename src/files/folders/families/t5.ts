import { isDecoderOnly, type ModelConfig, type SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { quantization, readActivation, readingHuggingFace, writtenActivation } from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { Family } from './family.ts'

/**
 * T5 has no maximum length, because it has only relative positions. This number exceeds the lengths of all trained
 * models.
 */
const LONGEST = 16_384

const EMBEDDING = ['shared.weight', 'encoder.embed_tokens.weight', 'decoder.embed_tokens.weight']
const OUTPUT = 'lm_head.weight'

/** T5 1.0 and 1.1 (Raffel et al. 2020), FLAN-T5 and mT5 in Hugging Face's layout. */
export const t5: Family = {
  modelTypes: ['t5', 'mt5'],
  classes: ['T5ForConditionalGeneration', 'MT5ForConditionalGeneration'],
  read: readingHuggingFace({ config: t5Config, generation: {}, tokenizer: hubTokenizerFiles('T5') }),
  quantized: { quantization_config: quantization },
  names: (config) => t5Names(config),
  written: { takes: isT5, json: t5Json, tokenizers: ['huggingface'] },
}

/** The names of T5's weights; those of its encoder's self-attention may stand in a module of another name. */
export function t5Names({ gated }: ModelConfig, encoderAttention = 'SelfAttention'): WeightNames {
  const feedForward = (module: string, stored: string) => ({
    [`${module}.feedForward.gate`]: `${stored}.DenseReluDense.wi_0`,
    [`${module}.feedForward.inner`]: `${stored}.DenseReluDense.${gated ? 'wi_1' : 'wi'}`,
    [`${module}.feedForward.outer`]: `${stored}.DenseReluDense.wo`,
    [`${module}.feedForwardNorm`]: `${stored}.layer_norm`,
  })
  return {
    stored: {
      'embedding.weight': EMBEDDING,
      'encoder.distanceBias.weight': `encoder.block.0.layer.0.${encoderAttention}.relative_attention_bias.weight`,
      'decoder.distanceBias.weight': 'decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight',
      ...attentionNames('encoder.*.selfAttention', 'encoder.block.*.layer.0', encoderAttention),
      ...feedForward('encoder.*', 'encoder.block.*.layer.1'),
      'encoder.norm': 'encoder.final_layer_norm',
      ...attentionNames('decoder.*.selfAttention', 'decoder.block.*.layer.0', 'SelfAttention'),
      ...attentionNames('decoder.*.crossAttention', 'decoder.block.*.layer.1', 'EncDecAttention'),
      ...feedForward('decoder.*', 'decoder.block.*.layer.2'),
      'decoder.norm': 'decoder.final_layer_norm',
      'output.weight': OUTPUT,
    },
    // Cross-attention has no relative position bias, although the first files contain one.
    ignored: ['decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight'],
    optional: [],
    asRow: [],
  }
}

const attentionNames = (module: string, stored: string, attention: string) => ({
  [`${module}.query`]: `${stored}.${attention}.q`,
  [`${module}.key`]: `${stored}.${attention}.k`,
  [`${module}.value`]: `${stored}.${attention}.v`,
  [`${module}.output`]: `${stored}.${attention}.o`,
  [`${module}Norm`]: `${stored}.layer_norm`,
})

/** The model that a T5 config.json describes, as Hugging Face's T5ForConditionalGeneration and MT5ForConditionalGeneration build it. */
export function t5Config(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const type = fields.text('model_type')
  const dModel = fields.positiveInteger('d_model')
  const vocabulary = fields.positiveInteger('vocab_size')
  const layers = fields.positiveInteger('num_layers')
  const stack = {
    heads: fields.positiveInteger('num_heads'),
    dHead: fields.positiveInteger('d_kv'),
    dFeedForward: fields.positiveInteger('d_ff'),
  }
  const projection = fields.text('feed_forward_proj', type === 'mt5' || type === 'umt5' ? 'gated-gelu' : 'relu')
  return {
    dModel,
    encoder: { layers, ...stack },
    decoder: { layers: fields.positiveInteger('num_decoder_layers', layers), ...stack },
    // The first gated folders are labelled gelu and mean its tanh form.
    activation:
      projection === 'gated-gelu' ? 'geluTanh' : readActivation(fields, 'feed_forward_proj', 'relu', /^gated-/),
    gated: projection.startsWith('gated-'),
    norm: { kind: 'rmsNorm', order: 'pre', epsilon: fields.number('layer_norm_epsilon', 1e-6) },
    positions: {
      kind: 'buckets',
      buckets: fields.positiveInteger('relative_attention_num_buckets', 32),
      furthest: fields.positiveInteger('relative_attention_max_distance', 128),
    },
    scaledAttention: false,
    embeddingScale: 1,
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    sharedEmbedding: true,
    tiedOutput: isTied(stored.entries),
    outputBias: false,
    linearBias: false,
    outputScale: type !== 'mt5' && scalesOutput(fields) ? dModel ** -0.5 : 1,
    ids,
    maxLength: LONGEST,
  }
}

/** FLAN's folders written by transformers 5 say that the output is tied; the tensors in the folder decide. */
function isTied(stored: FolderTensors['entries']): boolean {
  const output = stored.get(OUTPUT)
  const embeddings = EMBEDDING.map((name) => stored.get(name)).filter((entry) => entry !== undefined)
  return !output || !embeddings.length || embeddings.some(({ offset, bytes }) => offset === output.offset && bytes > 0)
}

const scalesOutput = (fields: JsonFields) =>
  fields.flag('scale_decoder_outputs', fields.flag('tie_word_embeddings', true))

/** Weights that files have for each stack where the output is not tied, in families that transformers reads so. */
export const separateTables = ({ tiedOutput }: ModelConfig): string[] => (tiedOutput ? [] : ['embedding.weight'])

/** Whether Hugging Face's T5ForConditionalGeneration can be this model, but for local attention and experts. */
export function isT5(config: ModelConfig): boolean {
  return isT5Like(config) && !(config.positions.kind === 'buckets' && config.positions.inEachLayer)
}

/** Whether a model is T5's, whose tables of distances may be those of each layer. */
export function isT5Like(config: ModelConfig): boolean {
  const { dModel, encoder, decoder, norm, positions, outputScale, ids } = config
  const plain = norm.kind === 'rmsNorm' && norm.order === 'pre' && !norm.embedding && positions.kind === 'buckets'
  const sameStacks = (['heads', 'dHead', 'dFeedForward'] as const).every((key) => encoder[key] === decoder[key])
  const scaled = outputScale === 1 || outputScale === dModel ** -0.5
  return (
    !isDecoderOnly(config) &&
    plain &&
    sameStacks &&
    scaled &&
    config.scaledAttention === false &&
    config.embeddingScale === 1 &&
    config.sharedEmbedding &&
    !config.outputBias &&
    !config.linearBias &&
    // T5ForConditionalGeneration computes gated gelu in its tanh form, whatever config.json says.
    !(config.gated && config.activation === 'gelu') &&
    ids.start !== null &&
    ids.padding !== null &&
    ids.sourceStart === undefined
  )
}

/** The config.json from which `t5Config` reads the same model. */
export function t5Json(config: ModelConfig): JsonObject {
  const { dModel, encoder, decoder, activation, gated, norm, outputScale, ids, tiedOutput } = config
  const positions = config.positions as { buckets: number; furthest: number }
  const name = gated && activation === 'geluTanh' ? 'gelu' : writtenActivation[activation]
  return {
    architectures: ['T5ForConditionalGeneration'],
    model_type: 't5',
    vocab_size: config.sourceVocabulary,
    d_model: dModel,
    d_kv: encoder.dHead,
    d_ff: encoder.dFeedForward,
    num_layers: encoder.layers,
    num_decoder_layers: decoder.layers,
    num_heads: encoder.heads,
    relative_attention_num_buckets: positions.buckets,
    relative_attention_max_distance: positions.furthest,
    layer_norm_epsilon: norm.epsilon,
    feed_forward_proj: gated ? `gated-${name}` : name,
    tie_word_embeddings: tiedOutput,
    scale_decoder_outputs: outputScale !== 1,
    is_encoder_decoder: true,
    use_cache: true,
    pad_token_id: ids.padding,
    eos_token_id: ids.end,
    decoder_start_token_id: ids.start,
  }
}
