import type { Activation } from '../../../../engine/model/config/config.ts'
import type { TextEncoderConfig } from '../../../../engine/model/text-encoder/index.ts'
import type { JsonFields } from '../../../../formats/json/json-fields.ts'
import { readActivation } from '../../layout/huggingface.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** The names of an encoder whose layers are called as BERT's. */
export const bertNames = {
  embedding: 'embeddings.word_embeddings',
  positions: 'embeddings.position_embeddings',
  types: 'embeddings.token_type_embeddings',
  embeddingNorm: 'embeddings.LayerNorm',
  'encoder.*.selfAttention.query': 'encoder.layer.*.attention.self.query',
  'encoder.*.selfAttention.key': 'encoder.layer.*.attention.self.key',
  'encoder.*.selfAttention.value': 'encoder.layer.*.attention.self.value',
  'encoder.*.selfAttention.output': 'encoder.layer.*.attention.output.dense',
  'encoder.*.selfAttentionNorm': 'encoder.layer.*.attention.output.LayerNorm',
  'encoder.*.feedForward.inner': 'encoder.layer.*.intermediate.dense',
  'encoder.*.feedForward.outer': 'encoder.layer.*.output.dense',
  'encoder.*.feedForwardNorm': 'encoder.layer.*.output.LayerNorm',
} as const

/** The names of BERT's heads. */
export const bertHeads: EncoderFamily['headNames'] = {
  pooled: { 'head.dense': 'pooler.dense' },
  classes: { 'head.dense': 'pooler.dense', 'head.output': 'classifier' },
  tokens: { 'head.output': 'classifier' },
  spans: { 'head.output': 'qa_outputs' },
  vocabulary: {
    'head.dense': 'cls.predictions.transform.dense',
    'head.norm': ['cls.predictions.transform.LayerNorm', 'cls.predictions.transform.layer_norm'],
    'head.bias': ['cls.predictions.bias', 'cls.predictions.decoder.bias'],
    'head.output.bias': ['cls.predictions.bias', 'cls.predictions.decoder.bias'],
    'head.output': 'cls.predictions.decoder',
  },
}

/** The names of RoBERTa's heads. */
export const robertaHeads: EncoderFamily['headNames'] = {
  pooled: { 'head.dense': 'pooler.dense' },
  classes: { 'head.dense': 'classifier.dense', 'head.output': 'classifier.out_proj' },
  tokens: { 'head.output': 'classifier' },
  spans: { 'head.output': 'qa_outputs' },
  vocabulary: {
    'head.dense': 'lm_head.dense',
    'head.norm': 'lm_head.layer_norm',
    'head.bias': ['lm_head.bias', 'lm_head.decoder.bias'],
    'head.output.bias': ['lm_head.bias', 'lm_head.decoder.bias'],
    'head.output': 'lm_head.decoder',
  },
}

/** An activation of a head, which may be tanh as well. */
export const headActivation = (fields: JsonFields, key: string, byDefault: string): Activation | 'tanh' =>
  fields.text(key, byDefault) === 'tanh' ? 'tanh' : readActivation(fields, key, byDefault)

/** The sizes that config.json has under BERT's keys. */
export function bertSizes(
  fields: JsonFields,
  { offset = 0 }: { offset?: number } = {},
): Omit<TextEncoderConfig, 'head'> {
  const dModel = fields.positiveInteger('hidden_size', 768)
  const heads = fields.positiveInteger('num_attention_heads', 12)
  const rows = fields.positiveInteger('max_position_embeddings', 512)
  const kind = fields.text('position_embedding_type', 'absolute')
  if (kind !== 'absolute') fields.fail('position_embedding_type', "'absolute', the only kind that can be read")
  return {
    vocabulary: fields.positiveInteger('vocab_size'),
    dModel,
    dEmbedding: fields.positiveInteger('embedding_size', dModel),
    layers: fields.positiveInteger('num_hidden_layers', 12),
    heads,
    dHead: dModel / heads,
    dFeedForward: fields.positiveInteger('intermediate_size', 4 * dModel),
    activation: readActivation(fields, 'hidden_act', 'gelu'),
    gated: false,
    normOrder: 'post',
    epsilon: fields.number('layer_norm_eps', 1e-12),
    linearBias: true,
    tokenTypes: fields.natural('type_vocab_size', 2),
    positionRows: rows,
    positionOffset: offset,
    rotary: null,
    reach: null,
    globalLayers: null,
    distanceBuckets: null,
    disentangled: null,
    convolution: null,
    sharedLayers: false,
    maxLength: Math.max(1, rows - offset),
    padding: fields.natural('pad_token_id', 0),
  }
}
