import { present } from '../../../base/present.ts'
import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { readingHuggingFace } from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { Family } from './family.ts'
import { isT5, separateTables, t5Config, t5Json, t5Names } from './t5.ts'

/** LongT5 (Guo et al. 2021) in Hugging Face's layout: T5 whose encoder has local attention, with or without transient global tokens. */
export const longT5: Family = {
  modelTypes: ['longt5'],
  classes: ['LongT5ForConditionalGeneration'],
  read: readingHuggingFace({ config: longT5Config, generation: {}, tokenizer: hubTokenizerFiles('T5') }),
  names,
  written: { part: 'local', takes: isLongT5, json, tokenizers: ['huggingface'] },
}

/** Whether Hugging Face's LongT5ForConditionalGeneration can be this model. */
function isLongT5(config: ModelConfig): boolean {
  const { local, global } = present(config.encoder.attention)
  return isT5(config) && typeof local === 'number' && local > 1 && global?.kind !== 'first'
}

/** The config.json from which `longT5Config` reads the same model. */
function json(config: ModelConfig): JsonObject {
  const { local, global } = present(config.encoder.attention)
  return {
    ...t5Json(config),
    architectures: ['LongT5ForConditionalGeneration'],
    model_type: 'longt5',
    encoder_attention_type: global ? 'transient-global' : 'local',
    local_radius: (local as number) - 1,
    ...(global?.kind === 'blocks' && { global_block_size: global.size }),
  }
}

function longT5Config(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const config = t5Config(fields, ids, stored)
  const kind = fields.text('encoder_attention_type', 'local')
  if (kind !== 'local' && kind !== 'transient-global')
    fields.fail('encoder_attention_type', "'local' or 'transient-global'")
  const local = fields.positiveInteger('local_radius', 127) + 1
  const size = fields.positiveInteger('global_block_size', 16)
  const attention = kind === 'local' ? { local } : { local, global: { kind: 'blocks', size } as const }
  return { ...config, encoder: { ...config.encoder, attention } }
}

function names(config: ModelConfig): WeightNames {
  const separate = separateTables(config)
  if (!config.encoder.attention?.global) return { ...t5Names(config, 'LocalSelfAttention'), separate }
  const module = 'TransientGlobalSelfAttention'
  const plain = t5Names(config, module)
  return {
    ...plain,
    separate,
    stored: {
      ...plain.stored,
      'encoder.sideBias.weight': `encoder.block.0.layer.0.${module}.global_relative_attention_bias.weight`,
      'encoder.*.selfAttention.sums': `encoder.block.*.layer.0.${module}.global_input_layer_norm`,
    },
  }
}
