import { bertSizes, robertaHeads } from './bert-layout.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** MPNet (Song et al. 2020): positions from pad + 1 on, and a bias by the bucket of distances. */
export const mpnet: EncoderFamily = {
  modelTypes: ['mpnet'],
  prefix: 'mpnet.',
  config(fields) {
    const sizes = bertSizes(fields, { offset: fields.natural('pad_token_id', 1) + 1 })
    const buckets = fields.positiveInteger('relative_attention_num_buckets', 32)
    if (buckets < BUCKETS.buckets)
      fields.fail('relative_attention_num_buckets', `at least ${BUCKETS.buckets}, the buckets that the model computes`)
    return {
      ...sizes,
      dEmbedding: sizes.dModel,
      tokenTypes: 0,
      padding: fields.natural('pad_token_id', 1),
      distanceBuckets: BUCKETS,
    }
  },
  head(task, fields) {
    if (task === 'pooled' || task === 'classes') return { dense: 'tanh' }
    if (task === 'vocabulary') return { dense: 'gelu', norm: true, tied: fields.flag('tie_word_embeddings', true) }
    return task === 'discriminator' ? null : {}
  },
  names: {
    embedding: 'embeddings.word_embeddings',
    positions: 'embeddings.position_embeddings',
    embeddingNorm: 'embeddings.LayerNorm',
    'distanceBias.weight': 'encoder.relative_attention_bias.weight',
    'encoder.*.selfAttention.query': 'encoder.layer.*.attention.attn.q',
    'encoder.*.selfAttention.key': 'encoder.layer.*.attention.attn.k',
    'encoder.*.selfAttention.value': 'encoder.layer.*.attention.attn.v',
    'encoder.*.selfAttention.output': 'encoder.layer.*.attention.attn.o',
    'encoder.*.selfAttentionNorm': 'encoder.layer.*.attention.LayerNorm',
    'encoder.*.feedForward.inner': 'encoder.layer.*.intermediate.dense',
    'encoder.*.feedForward.outer': 'encoder.layer.*.output.dense',
    'encoder.*.feedForwardNorm': 'encoder.layer.*.output.LayerNorm',
  },
  headNames: robertaHeads,
}

/** transformers computes buckets with these numbers, whatever the configuration says. */
const BUCKETS = { buckets: 32, furthest: 128 }
