import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartJson, bartNames, isBart, positionRows, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

/** Learned positions begin at row 2, which fairseq reserved for padding. */
const variant = (rows: number): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: true },
  positions: { kind: 'learned', rows: rows + 2, offset: 2 },
  outputBias: true,
})

/**
 * BART (Lewis et al. 2020) in Hugging Face's layout: the paper's Transformer with learned positions and a norm after
 * the embedding.
 */
export const bart: Family = {
  modelTypes: ['bart'],
  classes: ['BartForConditionalGeneration'],
  read: readingHuggingFace({
    config: (fields, ids, stored) => readBart(fields, ids, variant(positionRows(fields)), stored),
    generation: { forced_eos_token_id: 2 },
    tokenizer: hubTokenizerFiles('Bart'),
  }),
  quantized: { quantization_config: quantization },
  names: bartNames,
  written: {
    takes: (config) => isBart(config, variant(config.maxLength)),
    json: (config) => ({ architectures: ['BartForConditionalGeneration'], model_type: 'bart', ...bartJson(config) }),
    tokenizers: ['huggingface'],
  },
}
