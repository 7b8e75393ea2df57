import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartJson, isBart, readBart, sinusoidNames } from './bart-layout.ts'
import type { Family } from './family.ts'

/** The first token has the position after that of padding. */
const variant = (padding: number | null): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  positions: { kind: 'timingSignal', offset: (padding ?? 1) + 1 },
  outputBias: false,
})

/** M2M100 (Fan et al. 2020) and NLLB-200 (2022) in Hugging Face's layout: norms before each sub-layer, Tensor2Tensor's sinusoids. */
export const m2m100: Family = {
  modelTypes: ['m2m_100'],
  classes: ['M2M100ForConditionalGeneration'],
  read: readingHuggingFace({
    config: (fields, ids, stored) =>
      readBart(fields, ids, variant(ids.padding), stored, { activation: 'relu', scaled: true }),
    generation: {},
    tokenizer: hubTokenizerFiles('M2M100'),
  }),
  quantized: { quantization_config: quantization },
  names: sinusoidNames,
  written: {
    takes: (config) => isBart(config, variant(config.ids.padding)),
    json: (config) => ({
      architectures: ['M2M100ForConditionalGeneration'],
      model_type: 'm2m_100',
      ...bartJson(config),
    }),
    tokenizers: ['huggingface'],
  },
}
