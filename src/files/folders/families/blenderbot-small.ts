import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartJson, bartNames, isBart, positionRows, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant = (rows: number): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: true, beforePositions: 'decoder' },
  positions: { kind: 'learned', rows, offset: 0 },
  outputBias: true,
})

/**
 * The small Blenderbot (Roller et al. 2020) in Hugging Face's layout: BART whose positions begin at row 0, and whose
 * decoder has the norm of embeddings in front of its positions.
 */
export const blenderbotSmall: Family = {
  modelTypes: ['blenderbot-small'],
  classes: ['BlenderbotSmallForConditionalGeneration'],
  read: readingHuggingFace({
    config: (fields, ids, stored) => readBart(fields, ids, variant(positionRows(fields)), stored),
    generation: { forced_eos_token_id: 2 },
    tokenizer: hubTokenizerFiles('BlenderbotSmall'),
  }),
  quantized: { quantization_config: quantization },
  names: bartNames,
  written: {
    takes: (config) => isBart(config, variant(config.maxLength)),
    json: (config) => ({
      architectures: ['BlenderbotSmallForConditionalGeneration'],
      model_type: 'blenderbot-small',
      ...bartJson(config),
    }),
    tokenizers: ['huggingface'],
  },
}
