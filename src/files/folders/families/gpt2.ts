import { GlassformerError } from '../../../base/errors.ts'
import {
  isDecoderOnly,
  type ModelConfig,
  type SpecialIds,
  type StackConfig,
} from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import {
  ofOneVocabulary,
  quantization,
  readActivation,
  readingHuggingFace,
  writtenActivation,
} from '../layout/huggingface.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { Family } from './family.ts'
import { gpt2Tensors } from './gpt2-tensors.ts'

/** The stored names of GPT-2's weights. */
export const gpt2Names: Readonly<Record<string, string>> = {
  'embedding.weight': 'transformer.wte.weight',
  'decoder.positions.weight': 'transformer.wpe.weight',
  'decoder.*.selfAttention.query': 'transformer.h.*.attn.query',
  'decoder.*.selfAttention.key': 'transformer.h.*.attn.key',
  'decoder.*.selfAttention.value': 'transformer.h.*.attn.value',
  'decoder.*.selfAttention.output': 'transformer.h.*.attn.c_proj',
  'decoder.*.selfAttentionNorm': 'transformer.h.*.ln_1',
  'decoder.*.feedForward.inner': 'transformer.h.*.mlp.c_fc',
  'decoder.*.feedForward.outer': 'transformer.h.*.mlp.c_proj',
  'decoder.*.feedForwardNorm': 'transformer.h.*.ln_2',
  'decoder.norm': 'transformer.ln_f',
  'output.weight': 'lm_head.weight',
}

/** The names of GPT-2 as a decoder with attention to the source, in the module of the decoder. */
export const gpt2SourceNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    ...gpt2Names,
    'decoder.*.crossAttention.query': 'transformer.h.*.crossattention.q_attn',
    'decoder.*.crossAttention.key': 'transformer.h.*.crossattention.key',
    'decoder.*.crossAttention.value': 'transformer.h.*.crossattention.value',
    'decoder.*.crossAttention.output': 'transformer.h.*.crossattention.c_proj',
    'decoder.*.crossAttentionNorm': 'transformer.h.*.ln_cross_attn',
  }).map(([own, stored]) => [own, `decoder.${stored}`]),
)

const names: WeightNames = {
  stored: gpt2Names,
  ignored: [],
  optional: [],
  asRow: [],
  prefix: 'transformer.',
}

/** GPT-2 (Radford et al. 2019) in Hugging Face's layout: a decoder alone with learned positions, and norms before its sub-layers. */
export const gpt2: Family = {
  modelTypes: ['gpt2'],
  classes: ['GPT2LMHeadModel'],
  read: readingHuggingFace({
    config: (fields, ids) => gpt2Config(fields, ids),
    isDecoder: true,
    generation: {},
    tokenizer: hubTokenizerFiles('GPT2'),
  }),
  quantized: { quantization_config: quantization },
  names: () => names,
  tensors: gpt2Tensors,
  written: { takes: isGpt2, json: gpt2Json, tokenizers: ['huggingface'] },
}

/**
 * The model that a GPT-2 config.json describes, as Hugging Face's GPT2LMHeadModel builds it. `hasSource`: it is the
 * decoder of a pair, whose `add_cross_attention` the caller reads; default false.
 */
export function gpt2Config(
  fields: JsonFields,
  { unknown, padding, ...ids }: SpecialIds,
  { hasSource = false } = {},
): ModelConfig {
  for (const name of ['scale_attn_by_inverse_layer_idx', ...(hasSource ? [] : ['add_cross_attention'])])
    if (fields.flag(name, false))
      throw new GlassformerError('ERR_UNSUPPORTED', `${fields.where}: ${name} is true, which is not supported`)
  const dModel = fields.positiveInteger('n_embd', 768)
  const heads = fields.positiveInteger('n_head', 12)
  if (dModel % heads) fields.fail('n_head', `a divisor of n_embd (${dModel})`)
  const vocabulary = fields.positiveInteger('vocab_size', 50257)
  const rows = fields.positiveInteger('n_positions', 1024)
  const decoder: StackConfig = {
    layers: fields.positiveInteger('n_layer', 12),
    heads,
    dHead: dModel / heads,
    dFeedForward: fields.positiveInteger('n_inner', 4 * dModel),
  }
  return {
    kind: 'decoderOnly',
    dModel,
    encoder: { ...decoder, layers: 0 },
    decoder,
    activation: readActivation(fields, 'activation_function', 'gelu_new'),
    norm: { kind: 'layerNorm', order: 'pre', epsilon: fields.number('layer_norm_epsilon', 1e-5) },
    positions: { kind: 'learned', rows, offset: 0 },
    scaledAttention: fields.flag('scale_attn_weights', true),
    embeddingScale: 1,
    ...ofOneVocabulary(fields, vocabulary),
    ids: { ...ids, padding, unknown, sourceEnd: 'none' },
    maxLength: rows,
  }
}

/** Whether Hugging Face's GPT2LMHeadModel can be this model. */
function isGpt2(config: ModelConfig): boolean {
  const { dModel, decoder, norm, positions, ids } = config
  return (
    isDecoderOnly(config) &&
    norm.kind === 'layerNorm' &&
    norm.order === 'pre' &&
    !norm.embedding &&
    positions.kind === 'learned' &&
    positions.offset === 0 &&
    decoder.heads * decoder.dHead === dModel &&
    !config.gated &&
    config.embeddingScale === 1 &&
    !config.outputBias &&
    config.linearBias &&
    config.outputScale === 1 &&
    ids.start !== null &&
    ids.sourceStart === undefined
  )
}

/** The config.json from which `gpt2Config` reads the same model. */
function gpt2Json(config: ModelConfig): JsonObject {
  const { dModel, decoder, norm, ids } = config
  return {
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: config.targetVocabulary,
    n_positions: config.maxLength,
    n_embd: dModel,
    n_layer: decoder.layers,
    n_head: decoder.heads,
    n_inner: decoder.dFeedForward,
    activation_function: writtenActivation[config.activation],
    layer_norm_epsilon: norm.epsilon,
    scale_attn_weights: config.scaledAttention ?? true,
    tie_word_embeddings: config.tiedOutput,
    use_cache: true,
    bos_token_id: ids.start,
    eos_token_id: ids.end,
    pad_token_id: ids.padding,
  }
}
