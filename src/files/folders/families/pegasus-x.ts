import { readingHuggingFace } from '../layout/huggingface.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { attentionBiases, type BartVariant, readBart, sinusoidNames } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant: BartVariant = {
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  positions: { kind: 'timingSignal', offset: 0 },
  outputBias: false,
}

/**
 * Pegasus-X (Phang et al. 2022) in Hugging Face's layout: Pegasus with Tensor2Tensor's sinusoids, whose encoder attends to blocks and to
 * learned global tokens. Linears of attention have no biases, which are zeros here.
 */
export const pegasusX: Family = {
  modelTypes: ['pegasus_x'],
  classes: ['PegasusXForConditionalGeneration'],
  read: readingHuggingFace({
    config(fields, ids, stored) {
      const model = readBart(fields, ids, variant, stored, { scaled: true })
      const attention = {
        local: fields.positiveInteger('block_size', 512),
        global: {
          kind: 'learned' as const,
          tokens: fields.positiveInteger('num_global_tokens', 32),
          staggered: fields.flag('stagger_local_blocks', true),
        },
      }
      const maxLength = fields.positiveInteger('max_position_embeddings', 16_384)
      return { ...model, maxLength, encoder: { ...model.encoder, attention } }
    },
    generation: { forced_eos_token_id: 1 },
    tokenizer: hubTokenizerFiles('Pegasus'),
  }),
  names(config) {
    const plain = sinusoidNames(config)
    const own = {
      'encoder.globals': 'model.encoder.embed_global',
      'encoder.*.globalNorm': 'model.encoder.layers.*.global_self_attn_layer_norm',
    }
    return {
      ...plain,
      stored: { ...plain.stored, ...own },
      optional: [...plain.optional, ...attentionBiases(config)],
    }
  },
}
