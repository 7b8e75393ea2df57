import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartJson, isBart, readBart, sinusoidNames } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant: BartVariant = {
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  positions: { kind: 'halves' },
  outputBias: true,
}

/** Pegasus (Zhang et al. 2020) in Hugging Face's layout: norms before each sub-layer, Marian's sinusoids. */
export const pegasus: Family = {
  modelTypes: ['pegasus'],
  classes: ['PegasusForConditionalGeneration'],
  read: readingHuggingFace({
    config: (fields, ids, stored) => readBart(fields, ids, variant, stored),
    generation: { forced_eos_token_id: 1 },
    tokenizer: hubTokenizerFiles('Pegasus'),
  }),
  quantized: { quantization_config: quantization },
  names: sinusoidNames,
  written: {
    takes: (config) => isBart(config, variant),
    json: (config) => ({
      architectures: ['PegasusForConditionalGeneration'],
      model_type: 'pegasus',
      ...bartJson(config),
    }),
    tokenizers: ['huggingface'],
  },
}
