import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartNames, positionRows, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant = (rows: number): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: true },
  positions: { kind: 'learned', rows: rows + 2, offset: 2 },
  outputBias: true,
})

/**
 * PLBart (Ahmad et al. 2021) in Hugging Face's layout: BART over programs and their comments, whose embeddings are
 * scaled, and whose tokenizer has a language after the end. It is written as BART, which is the same model.
 */
export const plbart: Family = {
  modelTypes: ['plbart'],
  classes: ['PLBartForConditionalGeneration'],
  read: readingHuggingFace({
    config: (fields, ids, stored) => readBart(fields, ids, variant(positionRows(fields)), stored, { scaled: true }),
    generation: { forced_eos_token_id: 2 },
    tokenizer: hubTokenizerFiles('PLBart'),
  }),
  quantized: { quantization_config: quantization },
  names: bartNames,
}
