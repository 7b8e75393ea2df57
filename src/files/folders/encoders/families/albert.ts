import { readActivation } from '../../layout/huggingface.ts'
import { bertSizes } from './bert-layout.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** Where the only group has its only layer. */
const LAYER = 'encoder.albert_layer_groups.*.albert_layers.0'

/** ALBERT (Lan et al. 2020): narrow embeddings, and the same weights in all layers. */
export const albert: EncoderFamily = {
  modelTypes: ['albert'],
  prefix: 'albert.',
  config(fields) {
    for (const key of ['num_hidden_groups', 'inner_group_num'])
      if (fields.positiveInteger(key, 1) !== 1) fields.fail(key, '1, the only number of groups that can be read')
    return {
      ...bertSizes(fields),
      dEmbedding: fields.positiveInteger('embedding_size', 128),
      dFeedForward: fields.positiveInteger('intermediate_size', 16384),
      activation: readActivation(fields, 'hidden_act', 'gelu_new'),
      sharedLayers: true,
    }
  },
  head(task, fields) {
    if (task === 'pooled' || task === 'classes') return { dense: 'tanh' }
    if (task === 'vocabulary')
      return {
        dense: readActivation(fields, 'hidden_act', 'gelu_new'),
        norm: true,
        width: fields.positiveInteger('embedding_size', 128),
        tied: fields.flag('tie_word_embeddings', true),
      }
    return task === 'discriminator' ? null : {}
  },
  names: {
    embedding: 'embeddings.word_embeddings',
    positions: 'embeddings.position_embeddings',
    types: 'embeddings.token_type_embeddings',
    embeddingNorm: 'embeddings.LayerNorm',
    embeddingProjection: 'encoder.embedding_hidden_mapping_in',
    'encoder.*.selfAttention.query': `${LAYER}.attention.query`,
    'encoder.*.selfAttention.key': `${LAYER}.attention.key`,
    'encoder.*.selfAttention.value': `${LAYER}.attention.value`,
    'encoder.*.selfAttention.output': `${LAYER}.attention.dense`,
    'encoder.*.selfAttentionNorm': `${LAYER}.attention.LayerNorm`,
    'encoder.*.feedForward.inner': `${LAYER}.ffn`,
    'encoder.*.feedForward.outer': `${LAYER}.ffn_output`,
    'encoder.*.feedForwardNorm': `${LAYER}.full_layer_layer_norm`,
  },
  headNames: {
    pooled: { 'head.dense': 'pooler' },
    classes: { 'head.dense': 'pooler', 'head.output': 'classifier' },
    tokens: { 'head.output': 'classifier' },
    spans: { 'head.output': 'qa_outputs' },
    vocabulary: {
      'head.dense': 'predictions.dense',
      'head.norm': 'predictions.LayerNorm',
      'head.bias': ['predictions.bias', 'predictions.decoder.bias'],
      'head.output': 'predictions.decoder',
    },
  },
}
