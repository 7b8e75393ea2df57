import { present } from '../../../base/present.ts'
import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { readingHuggingFace } from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { bartJson, bartNames, isBart, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

/**
 * LED (Beltagy et al. 2020) in Hugging Face's layout: BART whose encoder attends to windows and to the first token of a text, which sees
 * all others (a `global_attention_mask` of the first token, as its summaries are made).
 */
export const led: Family = {
  modelTypes: ['led'],
  classes: ['LEDForConditionalGeneration'],
  read: readingHuggingFace({ config: ledConfig, generation: {}, tokenizer: hubTokenizerFiles('Bart') }),
  names,
  written: { part: 'local', takes: isLed, json, tokenizers: ['huggingface'] },
}

const norm = { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: true } as const

/** Whether Hugging Face's LEDForConditionalGeneration can be this model. */
function isLed(config: ModelConfig): boolean {
  const { local, global } = present(config.encoder.attention)
  const { positions, maxLength } = config
  if (positions.kind !== 'learned' || positions.offset !== 0 || positions.rows !== maxLength) return false
  const hasWindows = [local].flat().every((reach) => typeof reach === 'number' && reach > 1)
  return global?.kind === 'first' && hasWindows && isBart(config, { norm, positions, outputBias: true })
}

/** The config.json from which `ledConfig` reads the same model. */
function json(config: ModelConfig): JsonObject {
  const { encoder, maxLength } = config
  const { targetRows = maxLength } = config.positions as { targetRows?: number }
  const { max_position_embeddings: _, ...plain } = bartJson(config)
  const windows = [present(encoder.attention).local as number | number[]].flat().map((reach) => 2 * (reach - 1))
  return {
    architectures: ['LEDForConditionalGeneration'],
    model_type: 'led',
    ...plain,
    attention_window: Array.from({ length: encoder.layers }, (_, i) => windows[i] ?? windows[0]),
    max_encoder_position_embeddings: maxLength,
    max_decoder_position_embeddings: targetRows,
  }
}

function ledConfig(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const rows = fields.positiveInteger('max_encoder_position_embeddings', 16_384)
  const targetRows = fields.positiveInteger('max_decoder_position_embeddings', 1024)
  const config = readBart(
    fields,
    ids,
    {
      norm,
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
