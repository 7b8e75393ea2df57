import { readActivation } from '../../layout/huggingface.ts'
import { bertHeads, bertNames, bertSizes } from './bert-layout.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** BERT (Devlin et al. 2019). */
export const bert: EncoderFamily = {
  modelTypes: ['bert'],
  prefix: 'bert.',
  config: (fields) => ({ ...bertSizes(fields), dEmbedding: fields.positiveInteger('hidden_size', 768) }),
  head(task, fields) {
    if (task === 'pooled' || task === 'classes') return { dense: 'tanh' }
    if (task === 'vocabulary')
      return {
        dense: readActivation(fields, 'hidden_act', 'gelu'),
        norm: true,
        tied: fields.flag('tie_word_embeddings', true),
      }
    return task === 'discriminator' ? null : {}
  },
  names: bertNames,
  headNames: bertHeads,
}
