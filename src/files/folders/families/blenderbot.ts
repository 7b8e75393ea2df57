import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartJson, bartNames, isBart, positionRows, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant = (rows: number): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  positions: { kind: 'learned', rows, offset: 0 },
  outputBias: true,
})

/** Blenderbot (Roller et al. 2020) in Hugging Face's layout: norms before each sub-layer, learned positions. */
export const blenderbot: Family = {
  modelTypes: ['blenderbot'],
  classes: ['BlenderbotForConditionalGeneration'],
  read: readingHuggingFace({
    config: (fields, ids, stored) => readBart(fields, ids, variant(positionRows(fields)), stored),
    generation: { forced_eos_token_id: 2, encoder_no_repeat_ngram_size: 3 },
    tokenizer: hubTokenizerFiles('Blenderbot'),
  }),
  quantized: { quantization_config: quantization },
  names: bartNames,
  written: {
    takes: (config) => isBart(config, variant(config.maxLength)),
    json: (config) => ({
      architectures: ['BlenderbotForConditionalGeneration'],
      model_type: 'blenderbot',
      ...bartJson(config),
    }),
    tokenizers: ['huggingface'],
  },
}
