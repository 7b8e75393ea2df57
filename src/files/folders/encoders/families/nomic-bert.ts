import type { JsonFields } from '../../../../formats/json/json-fields.ts'
import { readActivation } from '../../layout/huggingface.ts'
import { pairedRows, type RowsOf, rowsFrom } from '../layout/row-tensors.ts'
import { bertHeads } from './bert-layout.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** Nomic's BERT (Nussbaum et al. 2024): post-norm, rotary positions, gated networks, no biases. */
export const nomicBert: EncoderFamily = {
  modelTypes: ['nomic_bert'],
  prefix: 'nomic_bert.',
  config(fields) {
    // Folders of the model's own code have GPT-2's names of sizes.
    const dModel = fields.positiveInteger(either(fields, 'hidden_size', 'n_embd'))
    const heads = fields.positiveInteger(either(fields, 'num_attention_heads', 'n_head'))
    const layers = fields.positiveInteger(either(fields, 'num_hidden_layers', 'n_layer'))
    refuseOthers(fields)
    return {
      vocabulary: fields.positiveInteger('vocab_size'),
      dModel,
      dEmbedding: dModel,
      layers,
      heads,
      dHead: dModel / heads,
      dFeedForward: fields.positiveInteger(either(fields, 'intermediate_size', 'n_inner')),
      activation:
        fields.text(either(fields, 'hidden_act', 'activation_function'), 'silu') === 'swiglu'
          ? 'swish'
          : readActivation(fields, 'hidden_act', 'silu'),
      gated: true,
      normOrder: 'post',
      epsilon: fields.number(either(fields, 'layer_norm_eps', 'layer_norm_epsilon'), 1e-12),
      linearBias: false,
      tokenTypes: fields.natural('type_vocab_size', 2),
      positionRows: 0,
      positionOffset: 0,
      rotary: new Array<number>(layers).fill(baseOf(fields)),
      reach: null,
      globalLayers: null,
      distanceBuckets: null,
      disentangled: null,
      convolution: null,
      sharedLayers: false,
      maxLength: fields.positiveInteger(either(fields, 'max_position_embeddings', 'n_positions'), 2048),
      padding: fields.natural('pad_token_id', 0),
    }
  },
  head(task, fields) {
    if (task === 'pooled' || task === 'classes') return { dense: 'tanh' }
    if (task === 'vocabulary')
      return {
        dense: readActivation(fields, 'hidden_act', 'silu'),
        norm: true,
        tied: fields.flag('tie_word_embeddings', true),
      }
    return task === 'discriminator' ? null : {}
  },
  names: {
    embedding: 'embeddings.word_embeddings',
    types: 'embeddings.token_type_embeddings',
    embeddingNorm: 'emb_ln',
    'encoder.*.selfAttention.query': 'encoder.layers.*.attn.Wqkv.query',
    'encoder.*.selfAttention.key': 'encoder.layers.*.attn.Wqkv.key',
    'encoder.*.selfAttention.value': 'encoder.layers.*.attn.Wqkv.value',
    'encoder.*.selfAttention.output': 'encoder.layers.*.attn.out_proj',
    'encoder.*.selfAttentionNorm': 'encoder.layers.*.norm1',
    'encoder.*.feedForward.gate': 'encoder.layers.*.mlp.fc12',
    'encoder.*.feedForward.inner': 'encoder.layers.*.mlp.fc11',
    'encoder.*.feedForward.outer': 'encoder.layers.*.mlp.fc2',
    'encoder.*.feedForwardNorm': 'encoder.layers.*.norm2',
  },
  headNames: bertHeads,
  rows({ tensors }, { dModel, dHead }) {
    const parts = new Map<string, RowsOf>()
    for (const name of tensors.keys()) {
      const [, before] = /^(.*\.attn\.Wqkv)\.weight$/.exec(name) ?? []
      if (before === undefined) continue
      const part = (of: string, rows: readonly number[]) => parts.set(`${before}.${of}.weight`, { from: name, rows })
      part('query', pairedRows(rowsFrom(0, dModel), dHead))
      part('key', pairedRows(rowsFrom(dModel, dModel), dHead))
      part('value', rowsFrom(2 * dModel, dModel))
    }
    return parts
  },
}

const either = (fields: JsonFields, name: string, other: string) =>
  !fields.has(name) && fields.has(other) ? other : name

function baseOf(fields: JsonFields): number {
  if (!fields.has('rope_parameters')) return fields.number('rotary_emb_base', 1000)
  const parameters = fields.object('rope_parameters', false)
  if (parameters.text('rope_type', 'default') !== 'default') parameters.fail('rope_type', "'default'")
  return parameters.number('rope_theta', 1000)
}

/** Settings of the model's own code that change what it computes. */
function refuseOthers(fields: JsonFields): void {
  for (const key of [
    'qkv_proj_bias',
    'mlp_fc1_bias',
    'mlp_fc2_bias',
    'rotary_emb_interleaved',
    'prenorm',
    'parallel_block',
  ])
    if (fields.flag(key, false)) fields.fail(key, 'false: models with it are not read')
  if (fields.number('rotary_emb_fraction', 1) !== 1) fields.fail('rotary_emb_fraction', '1')
}
