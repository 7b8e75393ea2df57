import { bertNames, bertSizes, robertaHeads } from './bert-layout.ts'
import type { EncoderFamily } from './encoder-family.ts'

/** RoBERTa (Liu et al. 2019) and XLM-RoBERTa (Conneau et al. 2020): BERT with positions from pad + 1 on, and heads of their own. */
export const roberta: EncoderFamily = {
  modelTypes: ['roberta', 'xlm-roberta', 'camembert'],
  prefix: 'roberta.',
  config: (fields) => {
    const sizes = bertSizes(fields, { offset: fields.natural('pad_token_id', 1) + 1 })
    return { ...sizes, dEmbedding: sizes.dModel, padding: fields.natural('pad_token_id', 1) }
  },
  head(task, fields) {
    if (task === 'pooled' || task === 'classes') return { dense: 'tanh' }
    if (task === 'vocabulary') return { dense: 'gelu', norm: true, tied: fields.flag('tie_word_embeddings', true) }
    return task === 'discriminator' ? null : {}
  },
  names: bertNames,
  headNames: robertaHeads,
}
