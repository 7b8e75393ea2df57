import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartJson, bartNames, isBart, positionRows, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant = (rows: number): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5, embedding: true },
  positions: { kind: 'learned', rows: rows + 2, offset: 2 },
  outputBias: true,
})

/** mBART and mBART-50 (Liu et al. 2020, Tang et al. 2020) in Hugging Face's layout: BART with norms before each sub-layer. */
export const mbart: Family = {
  modelTypes: ['mbart'],
  classes: ['MBartForConditionalGeneration'],
  read: readingHuggingFace({
    config: (fields, ids, stored) => readBart(fields, ids, variant(positionRows(fields)), stored),
    generation: { forced_eos_token_id: 2 },
    tokenizer: hubTokenizerFiles('MBart'),
  }),
  quantized: { quantization_config: quantization },
  names: bartNames,
  written: {
    takes: (config) => isBart(config, variant(config.maxLength)),
    json: (config) => ({ architectures: ['MBartForConditionalGeneration'], model_type: 'mbart', ...bartJson(config) }),
    tokenizers: ['huggingface'],
  },
}
