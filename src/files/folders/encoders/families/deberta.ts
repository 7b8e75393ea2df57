import type { Disentangled, TextEncoderConfig } from '../../../../engine/model/text-encoder/index.ts'
import type { JsonFields } from '../../../../formats/json/json-fields.ts'
import { readActivation } from '../../layout/huggingface.ts'
import { type RowsOf, rowsFrom } from '../layout/row-tensors.ts'
import { bertHeads, bertNames, bertSizes, headActivation } from './bert-layout.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** The sizes that both versions have in common. */
function sizesOf(fields: JsonFields): Omit<TextEncoderConfig, 'head' | 'disentangled'> {
  const sizes = bertSizes(fields)
  if (!fields.flag('relative_attention', false))
    fields.fail('relative_attention', 'true, the only kind that can be read')
  const embeddings = fields.positiveInteger('embedding_size', sizes.dModel)
  if (embeddings !== sizes.dModel) fields.fail('embedding_size', `hidden_size (${sizes.dModel})`)
  const hasPositions = fields.flag('position_biased_input', true)
  return {
    ...sizes,
    epsilon: fields.number('layer_norm_eps', 1e-7),
    tokenTypes: fields.natural('type_vocab_size', 0),
    positionRows: hasPositions ? sizes.positionRows : 0,
  }
}

/** Which products distances add to scores; both files of words and lists are there. */
function products(fields: JsonFields): Pick<Disentangled, 'contentToPosition' | 'positionToContent'> {
  const value = fields.value('pos_att_type') ?? []
  const kinds = Array.isArray(value) ? value : String(value).split('|')
  for (const kind of kinds)
    if (kind !== 'c2p' && kind !== 'p2c') fields.fail('pos_att_type', "'c2p', 'p2c' or both; others are not read")
  return { contentToPosition: kinds.includes('c2p'), positionToContent: kinds.includes('p2c') }
}

/** The longest distance: that of positions where the setting is below 1. */
function furthestOf(fields: JsonFields, rows: number): number {
  const most = fields.number('max_relative_positions', -1)
  return most < 1 ? rows : most
}

const head: EncoderFamily['head'] = (task, fields) => {
  if (task === 'classes') return { dense: headActivation(fields, 'pooler_hidden_act', 'gelu') }
  if (task === 'vocabulary')
    return {
      dense: readActivation(fields, 'hidden_act', 'gelu'),
      norm: true,
      tied: fields.flag('tie_word_embeddings', true),
    }
  return task === 'tokens' || task === 'spans' ? {} : null
}

/** DeBERTa (He et al. 2021): queries, keys and values in one matrix, head by head; distances have projections of their own. */
export const deberta: EncoderFamily = {
  modelTypes: ['deberta'],
  prefix: 'deberta.',
  config(fields) {
    const sizes = sizesOf(fields)
    if (fields.flag('talking_head', false)) fields.fail('talking_head', 'false')
    const span = furthestOf(fields, fields.positiveInteger('max_position_embeddings', 512))
    return {
      ...sizes,
      disentangled: { span, buckets: 0, furthest: span, ...products(fields), shared: false, normed: false },
    }
  },
  head,
  names: {
    ...bertNames,
    'distances.weight': 'encoder.rel_embeddings.weight',
    'encoder.*.selfAttention.query': 'encoder.layer.*.attention.self.in_proj.query',
    'encoder.*.selfAttention.query.bias': 'encoder.layer.*.attention.self.q_bias',
    'encoder.*.selfAttention.key': 'encoder.layer.*.attention.self.in_proj.key',
    'encoder.*.selfAttention.value': 'encoder.layer.*.attention.self.in_proj.value',
    'encoder.*.selfAttention.value.bias': 'encoder.layer.*.attention.self.v_bias',
    'encoder.*.selfAttention.distanceQuery': 'encoder.layer.*.attention.self.pos_q_proj',
    'encoder.*.selfAttention.distanceKey': 'encoder.layer.*.attention.self.pos_proj',
  },
  headNames: bertHeads,
  rows({ tensors }, { heads, dHead }) {
    const parts = new Map<string, RowsOf>()
    for (const name of tensors.keys()) {
      const [, before] = /^(.*\.in_proj)\.weight$/.exec(name) ?? []
      if (before === undefined) continue
      for (const [i, of] of ['query', 'key', 'value'].entries()) {
        const rows = Array.from({ length: heads }, (_, h) => rowsFrom((3 * h + i) * dHead, dHead)).flat()
        parts.set(`${before}.${of}.weight`, { from: name, rows })
      }
    }
    return parts
  },
}

/** DeBERTa-v2 and v3: distances share ranges and the projections of contents; v2 has a convolution beside its first layer. */
export const debertaV2: EncoderFamily = {
  modelTypes: ['deberta-v2'],
  prefix: 'deberta.',
  config(fields) {
    const sizes = sizesOf(fields)
    if (!fields.flag('share_att_key', false)) fields.fail('share_att_key', 'true, the only form that can be read')
    const rows = fields.positiveInteger('max_position_embeddings', 512)
    const buckets = Math.max(0, fields.number('position_buckets', -1))
    const furthest = furthestOf(fields, rows)
    const normed = fields.text('norm_rel_ebd', 'none').split('|').includes('layer_norm')
    const kernel = fields.natural('conv_kernel_size', 0)
    if (kernel && kernel !== 3) fields.fail('conv_kernel_size', '3')
    if (fields.positiveInteger('conv_groups', 1) !== 1) fields.fail('conv_groups', '1')
    return {
      ...sizes,
      convolution: kernel ? headActivation(fields, 'conv_act', 'tanh') : null,
      disentangled: {
        span: buckets || furthest,
        buckets,
        furthest,
        ...products(fields),
        shared: true,
        normed,
      },
    }
  },
  head,
  names: {
    ...bertNames,
    'distances.weight': 'encoder.rel_embeddings.weight',
    distancesNorm: 'encoder.LayerNorm',
    convolution: 'encoder.conv.conv',
    convolutionNorm: 'encoder.conv.LayerNorm',
    'encoder.*.selfAttention.query': 'encoder.layer.*.attention.self.query_proj',
    'encoder.*.selfAttention.key': 'encoder.layer.*.attention.self.key_proj',
    'encoder.*.selfAttention.value': 'encoder.layer.*.attention.self.value_proj',
  },
  headNames: {
    ...bertHeads,
    vocabulary: {
      ...bertHeads.vocabulary,
      'head.dense': ['cls.predictions.transform.dense', 'lm_predictions.lm_head.dense'],
      'head.norm': ['cls.predictions.transform.LayerNorm', 'lm_predictions.lm_head.LayerNorm'],
      'head.bias': ['cls.predictions.bias', 'cls.predictions.decoder.bias', 'lm_predictions.lm_head.bias'],
    },
  },
}
