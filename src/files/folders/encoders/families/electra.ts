import { bertHeads, bertNames, bertSizes, headActivation } from './bert-layout.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** ELECTRA (Clark et al. 2020): BERT with embeddings that may be narrower; a discriminator, or its generator. */
export const electra: EncoderFamily = {
  modelTypes: ['electra'],
  prefix: 'electra.',
  config: (fields) => ({ ...bertSizes(fields), dEmbedding: fields.positiveInteger('embedding_size', 128) }),
  head(task, fields) {
    if (task === 'classes') return { dense: 'gelu' }
    if (task === 'vocabulary')
      return {
        dense: 'gelu',
        norm: true,
        width: fields.positiveInteger('embedding_size', 128),
        tied: fields.flag('tie_word_embeddings', true),
      }
    if (task === 'discriminator') return { dense: headActivation(fields, 'hidden_act', 'gelu') }
    return task === 'pooled' ? null : {}
  },
  names: { ...bertNames, embeddingProjection: 'embeddings_project' },
  headNames: {
    ...bertHeads,
    pooled: {},
    classes: { 'head.dense': 'classifier.dense', 'head.output': 'classifier.out_proj' },
    discriminator: {
      'head.dense': 'discriminator_predictions.dense',
      'head.output': 'discriminator_predictions.dense_prediction',
    },
    vocabulary: {
      'head.dense': 'generator_predictions.dense',
      'head.norm': 'generator_predictions.LayerNorm',
      'head.bias': 'generator_lm_head.bias',
      'head.output': 'generator_lm_head',
    },
  },
}
