import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import { marianTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartJson, isBart, readBart, sinusoidNames } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant: BartVariant = {
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
  positions: { kind: 'halves' },
  outputBias: true,
}

/**
 * Marian's models in Hugging Face's layout (OPUS-MT): the paper's Transformer, post-norm, with a bias on the logits.
 */
export const marian: Family = {
  modelTypes: ['marian'],
  classes: ['MarianMTModel'],
  read: readingHuggingFace({
    config: marianConfig,
    generation: { forced_eos_token_id: 0 },
    tokenizer(folder) {
      const tokenizer = marianTokenizerFiles(folder)
      const { source_lang, target_lang } = tokenizer.kind === 'marian' ? tokenizer.configuration : {}
      return { tokenizer, sourceLocale: named(source_lang), targetLocale: named(target_lang) }
    },
  }),
  quantized: { quantization_config: quantization },
  names: sinusoidNames,
  written: {
    takes: (config) => isBart({ ...config, sharedEmbedding: true }, variant),
    json: marianJson,
    tokenizers: ['marian'],
  },
}

/** A language that a tokenizer's settings name. */
const named = (value: unknown) => (typeof value === 'string' ? value : undefined)

/**
 * The model that a Marian config.json describes, as Hugging Face's MarianMTModel builds it: post-norm whatever `normalize_before` says,
 * LayerNorm with ε 1e-5, and positions from 0 with sines before cosines. Defaults are MarianConfig's.
 */
function marianConfig(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const model = readBart(fields, ids, variant, stored)
  return {
    ...model,
    targetVocabulary: fields.positiveInteger('decoder_vocab_size', model.sourceVocabulary),
    sharedEmbedding: fields.flag('share_encoder_decoder_embeddings', true) && model.sharedEmbedding,
  }
}

/** The config.json of a Marian model, from which `marianConfig` reads the same model. */
function marianJson(config: ModelConfig): JsonObject {
  return {
    architectures: ['MarianMTModel'],
    model_type: 'marian',
    ...bartJson(config),
    decoder_vocab_size: config.targetVocabulary,
    normalize_before: false,
    normalize_embedding: false,
    static_position_embeddings: true,
    share_encoder_decoder_embeddings: config.sharedEmbedding,
    bos_token_id: null,
    forced_eos_token_id: config.ids.end,
  }
}
