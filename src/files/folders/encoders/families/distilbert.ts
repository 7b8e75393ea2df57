import { readActivation } from '../../layout/huggingface.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** DistilBERT (Sanh et al. 2019): BERT without segments and pooler. */
export const distilbert: EncoderFamily = {
  modelTypes: ['distilbert'],
  prefix: 'distilbert.',
  config(fields) {
    const dModel = fields.positiveInteger('dim', 768)
    const heads = fields.positiveInteger('n_heads', 12)
    const rows = fields.positiveInteger('max_position_embeddings', 512)
    return {
      vocabulary: fields.positiveInteger('vocab_size'),
      dModel,
      dEmbedding: dModel,
      layers: fields.positiveInteger('n_layers', 6),
      heads,
      dHead: dModel / heads,
      dFeedForward: fields.positiveInteger('hidden_dim', 4 * dModel),
      activation: readActivation(fields, 'activation', 'gelu'),
      gated: false,
      normOrder: 'post',
      // transformers has this number in its code.
      epsilon: 1e-12,
      linearBias: true,
      tokenTypes: 0,
      positionRows: rows,
      positionOffset: 0,
      rotary: null,
      reach: null,
      globalLayers: null,
      distanceBuckets: null,
      disentangled: null,
      convolution: null,
      sharedLayers: false,
      maxLength: rows,
      padding: fields.natural('pad_token_id', 0),
    }
  },
  head(task, fields) {
    if (task === 'classes') return { dense: 'relu' }
    if (task === 'vocabulary')
      return {
        dense: readActivation(fields, 'activation', 'gelu'),
        norm: true,
        tied: fields.flag('tie_word_embeddings', true),
      }
    return task === 'tokens' || task === 'spans' ? {} : null
  },
  names: {
    embedding: 'embeddings.word_embeddings',
    positions: 'embeddings.position_embeddings',
    embeddingNorm: 'embeddings.LayerNorm',
    'encoder.*.selfAttention.query': 'transformer.layer.*.attention.q_lin',
    'encoder.*.selfAttention.key': 'transformer.layer.*.attention.k_lin',
    'encoder.*.selfAttention.value': 'transformer.layer.*.attention.v_lin',
    'encoder.*.selfAttention.output': 'transformer.layer.*.attention.out_lin',
    'encoder.*.selfAttentionNorm': 'transformer.layer.*.sa_layer_norm',
    'encoder.*.feedForward.inner': 'transformer.layer.*.ffn.lin1',
    'encoder.*.feedForward.outer': 'transformer.layer.*.ffn.lin2',
    'encoder.*.feedForwardNorm': 'transformer.layer.*.output_layer_norm',
  },
  headNames: {
    classes: { 'head.dense': 'pre_classifier', 'head.output': 'classifier' },
    tokens: { 'head.output': 'classifier' },
    spans: { 'head.output': 'qa_outputs' },
    vocabulary: {
      'head.dense': 'vocab_transform',
      'head.norm': 'vocab_layer_norm',
      'head.bias': 'vocab_projector.bias',
      'head.output': 'vocab_projector',
    },
  },
}
