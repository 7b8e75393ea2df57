import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartNames, positionRows, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'
import { mvpPrompts } from './mvp-prompts.ts'

const variant = (rows: number): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: true },
  positions: { kind: 'learned', rows: rows + 2, offset: 2 },
  outputBias: true,
})

/**
 * MVP (Tang et al. 2022) in Hugging Face's layout: BART's model and tokenizer, with learned keys and values in each attention
 * where it says `use_prompt`. Without these it is written as BART.
 */
export const mvp: Family = {
  modelTypes: ['mvp'],
  classes: ['MvpForConditionalGeneration'],
  read: readingHuggingFace({
    config(fields, ids, stored) {
      const model = readBart(fields, ids, variant(positionRows(fields)), stored)
      return fields.flag('use_prompt', false)
        ? { ...model, prompt: fields.positiveInteger('prompt_length', 100) }
        : model
    },
    generation: { forced_eos_token_id: 2 },
    tokenizer: hubTokenizerFiles('Bart'),
  }),
  quantized: { quantization_config: quantization },
  names,
  tensors: mvpPrompts,
}

function names(config: ModelConfig): WeightNames {
  const plain = bartNames(config)
  const prompts = {
    'encoder.*.selfAttention.prompt': 'model.encoder.layers.*.self_attn.prompt',
    'decoder.*.selfAttention.prompt': 'model.decoder.layers.*.self_attn.prompt',
    'decoder.*.crossAttention.prompt': 'model.decoder.layers.*.encoder_attn.prompt',
  }
  return { ...plain, stored: { ...plain.stored, ...prompts } }
}
