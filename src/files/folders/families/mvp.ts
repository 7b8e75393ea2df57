import { GlassformerError } from '../../../base/errors.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
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
 * MVP (Tang et al. 2022) in Hugging Face's layout, without the learned keys and values of `use_prompt`: BART's model
 * and tokenizer. It is written as BART.
 */
export const mvp: Family = {
  modelTypes: ['mvp'],
  classes: ['MvpForConditionalGeneration'],
  read: readingHuggingFace({
    config(fields, ids, stored) {
      refusePrompt(fields)
      return readBart(fields, ids, variant(positionRows(fields)), stored)
    },
    generation: { forced_eos_token_id: 2 },
    tokenizer: hubTokenizerFiles('Bart'),
  }),
  quantized: { quantization_config: quantization },
  names: bartNames,
}

function refusePrompt(fields: JsonFields): void {
  if (!fields.flag('use_prompt', false)) return
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${fields.where}: MvpForConditionalGeneration with use_prompt is not supported: its attentions have learned keys and values in front of those of the tokens; an MVP without a prompt can be read`,
  )
}
