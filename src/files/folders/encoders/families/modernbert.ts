import type { JsonFields } from '../../../../formats/json/json-fields.ts'
import { readActivation } from '../../layout/huggingface.ts'
import { pairedRows, type RowsOf, rowsFrom } from '../layout/row-tensors.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** ModernBERT (Warner et al. 2024): pre-norm, rotary positions, near and global attention in turn, gated networks. */
export const modernbert: EncoderFamily = {
  modelTypes: ['modernbert'],
  prefix: 'model.',
  config(fields) {
    const dModel = fields.positiveInteger('hidden_size', 768)
    const heads = fields.positiveInteger('num_attention_heads', 12)
    const layers = fields.positiveInteger('num_hidden_layers', 22)
    const globalLayers = layerTypes(fields, layers)
    const bases = basesOf(fields)
    for (const key of ['attention_bias', 'mlp_bias', 'norm_bias'])
      if (fields.flag(key, false)) fields.fail(key, 'false: biases of this family are not read')
    const maxLength = fields.positiveInteger('max_position_embeddings', 8192)
    return {
      vocabulary: fields.positiveInteger('vocab_size'),
      dModel,
      dEmbedding: dModel,
      layers,
      heads,
      dHead: dModel / heads,
      dFeedForward: fields.positiveInteger('intermediate_size', 1152),
      activation: readActivation(fields, 'hidden_activation', 'gelu'),
      gated: true,
      normOrder: 'pre',
      epsilon: fields.number('norm_eps', 1e-5),
      linearBias: false,
      tokenTypes: 0,
      positionRows: 0,
      positionOffset: 0,
      rotary: globalLayers.map((isGlobal) => (isGlobal ? bases.global : bases.near)),
      reach: Math.floor(fields.positiveInteger('local_attention', 128) / 2),
      globalLayers,
      distanceBuckets: null,
      disentangled: null,
      convolution: null,
      sharedLayers: false,
      maxLength,
      padding: fields.natural('pad_token_id', 0),
    }
  },
  head(task, fields) {
    if (task === 'pooled' || task === 'discriminator') return null
    const dense = readActivation(fields, 'classifier_activation', 'gelu')
    const own = { dense, denseBias: fields.flag('classifier_bias', false), norm: true }
    if (task === 'vocabulary')
      return { ...own, tied: fields.flag('tie_word_embeddings', true), outputBias: fields.flag('decoder_bias', true) }
    const pooling = fields.text('classifier_pooling', 'cls')
    if (pooling !== 'cls' && pooling !== 'mean') fields.fail('classifier_pooling', "'cls' or 'mean'")
    return { ...own, pooling: pooling === 'mean' ? 'mean' : 'first' }
  },
  names: {
    embedding: 'embeddings.tok_embeddings',
    embeddingNorm: 'embeddings.norm',
    'encoder.norm': 'final_norm',
    'encoder.*.selfAttention.query': 'layers.*.attn.Wqkv.query',
    'encoder.*.selfAttention.key': 'layers.*.attn.Wqkv.key',
    'encoder.*.selfAttention.value': 'layers.*.attn.Wqkv.value',
    'encoder.*.selfAttention.output': 'layers.*.attn.Wo',
    'encoder.*.selfAttentionNorm': 'layers.*.attn_norm',
    'encoder.*.feedForward.gate': 'layers.*.mlp.Wi.gate',
    'encoder.*.feedForward.inner': 'layers.*.mlp.Wi.inner',
    'encoder.*.feedForward.outer': 'layers.*.mlp.Wo',
    'encoder.*.feedForwardNorm': 'layers.*.mlp_norm',
  },
  headNames: {
    classes: { 'head.dense': 'head.dense', 'head.norm': 'head.norm', 'head.output': 'classifier' },
    tokens: { 'head.dense': 'head.dense', 'head.norm': 'head.norm', 'head.output': 'classifier' },
    spans: { 'head.dense': 'head.dense', 'head.norm': 'head.norm', 'head.output': 'classifier' },
    vocabulary: {
      'head.dense': 'head.dense',
      'head.norm': 'head.norm',
      'head.bias': 'decoder.bias',
      'head.output': 'decoder',
    },
  },
  rows({ tensors }, { dModel, dHead, dFeedForward }) {
    const parts = new Map<string, RowsOf>()
    for (const name of tensors.keys()) {
      const [, before, what] = /^(.*\.)(attn\.Wqkv|mlp\.Wi)\.weight$/.exec(name) ?? []
      const part = (of: string, rows: readonly number[]) =>
        parts.set(`${before}${what}.${of}.weight`, { from: name, rows })
      if (what === 'attn.Wqkv') {
        part('query', pairedRows(rowsFrom(0, dModel), dHead))
        part('key', pairedRows(rowsFrom(dModel, dModel), dHead))
        part('value', rowsFrom(2 * dModel, dModel))
      } else if (what === 'mlp.Wi') {
        part('gate', rowsFrom(0, dFeedForward))
        part('inner', rowsFrom(dFeedForward, dFeedForward))
      }
    }
    return parts
  },
}

/** Whether each layer is global: listed by transformers 5, every third before it. */
function layerTypes(fields: JsonFields, layers: number): boolean[] {
  const every = fields.positiveInteger('global_attn_every_n_layers', 3)
  const types =
    fields.value('layer_types') ??
    Array.from({ length: layers }, (_, i) => (i % every ? 'sliding_attention' : 'full_attention'))
  if (!Array.isArray(types) || types.length !== layers) fields.fail('layer_types', `a list of ${layers} types`)
  return (types as unknown[]).map((type) => {
    if (type !== 'full_attention' && type !== 'sliding_attention')
      fields.fail('layer_types', "'full_attention' or 'sliding_attention' for each layer")
    return type === 'full_attention'
  })
}

/** The bases of rotary positions, under the keys of transformers 5 or of 4. */
function basesOf(fields: JsonFields): { global: number; near: number } {
  if (!fields.has('rope_parameters'))
    return { global: fields.number('global_rope_theta', 160000), near: fields.number('local_rope_theta', 10000) }
  const both = fields.object('rope_parameters', false)
  const baseOf = (type: string) => {
    const parameters = both.object(type, false)
    if (parameters.text('rope_type', 'default') !== 'default') parameters.fail('rope_type', "'default'")
    return parameters.number('rope_theta')
  }
  return { global: baseOf('full_attention'), near: baseOf('sliding_attention') }
}
