import type { ModelConfig, SpecialIds } from '../../../engine/model/config.ts'
import type { FolderTensors } from '../folder-tensors.ts'
import { readingHuggingFace } from '../huggingface.ts'
import type { JsonFields } from '../json-fields.ts'
import { hubTokenizerFiles } from '../stored-tokenizer.ts'
import type { WeightNames } from '../weight-names.ts'
import { bartNames, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

/**
 * LED (Beltagy et al. 2020) in Hugging Face's layout: BART whose encoder attends to windows and to the first token of a text, which sees
 * all others (a `global_attention_mask` of the first token, as its summaries are made).
 */
export const led: Family = {
  modelTypes: ['led'],
  read: readingHuggingFace({ config: ledConfig, generation: {}, tokenizer: hubTokenizerFiles('Bart') }),
  names,
}

function ledConfig(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const rows = fields.positiveInteger('max_encoder_position_embeddings', 16_384)
  const targetRows = fields.positiveInteger('max_decoder_position_embeddings', 1024)
  const config = readBart(
    fields,
    ids,
    {
      norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: true },
      positions: { kind: 'learned', rows, targetRows, offset: 0 },
      outputBias: true,
    },
    stored,
  )
  // A window counts the tokens of both sides.
  const windows = [fields.value('attention_window') ?? 512].flat().map((window) => Number(window) / 2 + 1)
  const local = new Set(windows).size === 1 ? windows[0] : windows
  const attention = { local, global: { kind: 'first' } as const }
  return { ...config, encoder: { ...config.encoder, attention }, maxLength: rows }
}

function names(config: ModelConfig): WeightNames {
  const plain = bartNames(config)
  const module = 'led.encoder.layers.*.self_attn'
  const renamed = (name: string) => name.replace(/^model\./, 'led.')
  return {
    ...plain,
    stored: {
      ...Object.fromEntries(
        Object.entries(plain.stored).map(([name, stored]) => [
          name,
          typeof stored === 'string' ? renamed(stored) : stored.map(renamed),
        ]),
      ),
      'encoder.*.selfAttention.query': `${module}.longformer_self_attn.query`,
      'encoder.*.selfAttention.key': `${module}.longformer_self_attn.key`,
      'encoder.*.selfAttention.value': `${module}.longformer_self_attn.value`,
      'encoder.*.selfAttention.first.query': `${module}.longformer_self_attn.query_global`,
      'encoder.*.selfAttention.first.key': `${module}.longformer_self_attn.key_global`,
      'encoder.*.selfAttention.first.value': `${module}.longformer_self_attn.value_global`,
      'encoder.*.selfAttention.output': `${module}.output`,
    },
    ignored: plain.ignored.map(renamed),
    prefix: 'led.',
  }
}
