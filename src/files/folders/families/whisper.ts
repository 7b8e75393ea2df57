import { present } from '../../../base/present.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import type { ModelConfig, SoundConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import { speechIds } from '../../../engine/model/speech-ids.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import {
  ofOneVocabulary,
  quantization,
  readActivation,
  readingHuggingFace,
  readStack,
  stacksJson,
  writtenActivation,
} from '../layout/huggingface.ts'
import type { FolderSettings } from '../layout/loaded-model.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { bartNames } from './bart-layout.ts'
import type { Family } from './family.ts'

const GENERATION_FILE = 'generation_config.json'

/** Whisper (Radford et al. 2022), in all sizes and as distilled, in Hugging Face's layout. */
export const whisper: Family = {
  modelTypes: ['whisper'],
  classes: ['WhisperForConditionalGeneration'],
  read: readWhisper,
  quantized: { quantization_config: quantization },
  names: whisperNames,
  written: {
    takes: isWhisper,
    json: whisperJson,
    generation: whisperGeneration,
    preprocessor: whisperPreprocessor,
    tokenizers: ['huggingface'],
  },
}

function readWhisper(folder: Folder, json: JsonObject): FolderSettings {
  const generation = new JsonFields(
    folder.has(GENERATION_FILE) ? folder.json(GENERATION_FILE) : {},
    folder.at(GENERATION_FILE),
  )
  const read = readingHuggingFace({
    config: (fields, ids) => whisperConfig(fields, ids, generation),
    generation: {},
    tokenizer: hubTokenizerFiles('Whisper'),
  })(folder, json)
  // Which language and task a transcript begins with is the caller's to say; folders have English or none here.
  const unsupported = read.unsupported.filter(({ name }) => name !== 'forced_decoder_ids')
  return { ...read, unsupported, generation: { ...read.generation, maxTokens: null } }
}

function whisperConfig(fields: JsonFields, ids: SpecialIds, generation: JsonFields): ModelConfig {
  const dModel = fields.positiveInteger('d_model')
  const vocabulary = fields.positiveInteger('vocab_size')
  const rows = fields.positiveInteger('max_target_positions', 448)
  return {
    dModel,
    encoder: readStack(fields, 'encoder', dModel),
    decoder: readStack(fields, 'decoder', dModel),
    sound: soundOf(fields, generation, vocabulary, ids),
    activation: readActivation(fields, 'activation_function', 'gelu'),
    norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
    positions: { kind: 'learned', rows, offset: 0 },
    embeddingScale: fields.flag('scale_embedding', false) ? Math.sqrt(dModel) : 1,
    ...ofOneVocabulary(fields, vocabulary),
    ids,
    maxLength: rows,
  }
}

function soundOf(fields: JsonFields, generation: JsonFields, vocabulary: number, ids: SpecialIds): SoundConfig {
  const positions = fields.positiveInteger('max_source_positions', 1500)
  const noTimestamps = generation.natural('no_timestamps_token_id', vocabulary - positions - 2)
  const heads = generation.value('alignment_heads') ?? []
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isSafeInteger)
  if (!Array.isArray(heads) || !heads.every(isPair)) generation.fail('alignment_heads', 'a list of [layer, head]')
  return {
    mels: fields.positiveInteger('num_mel_bins', 80),
    positions,
    // Folders of English alone have no empty token, and their end comes one earlier.
    multilingual: generation.flag('is_multilingual', ids.end % 2 === 1),
    noTimestamps,
    alignmentHeads: heads as [number, number][],
  }
}

/** Hugging Face's names, which are BART's. Keys have no bias, as any would add the same to all scores of a query. */
function whisperNames(config: ModelConfig): WeightNames {
  const { stored, ...names } = bartNames(config)
  const attentions = [
    ...Array.from({ length: config.encoder.layers }, (_, i) => `encoder.${i}.selfAttention`),
    ...Array.from({ length: config.decoder.layers }, (_, i) => [
      `decoder.${i}.selfAttention`,
      `decoder.${i}.crossAttention`,
    ]),
  ].flat()
  return {
    ...names,
    stored: {
      ...stored,
      'embedding.weight': ['model.decoder.embed_tokens.weight'],
      'output.weight': 'proj_out.weight',
      'encoder.conv1': 'model.encoder.conv1',
      'encoder.conv2': 'model.encoder.conv2',
    },
    optional: attentions.map((module) => `${module}.key.bias`),
    leavesOut: true,
    separate: [],
  }
}

function isWhisper(config: ModelConfig): boolean {
  const { dModel, encoder, decoder, norm, positions, sound, embeddingScale } = config
  return (
    sound !== undefined &&
    norm.kind === 'layerNorm' &&
    norm.order === 'pre' &&
    norm.epsilon === 1e-5 &&
    !norm.embedding &&
    positions.kind === 'learned' &&
    positions.offset === 0 &&
    [encoder, decoder].every(({ heads, dHead }) => heads * dHead === dModel) &&
    (embeddingScale === 1 || embeddingScale === Math.sqrt(dModel)) &&
    !config.gated &&
    config.scaledAttention !== false &&
    config.sharedEmbedding &&
    config.linearBias &&
    !config.outputBias &&
    config.outputScale === 1
  )
}

function whisperJson(config: ModelConfig): JsonObject {
  const { dModel, ids, sound } = config
  return {
    architectures: ['WhisperForConditionalGeneration'],
    model_type: 'whisper',
    vocab_size: config.targetVocabulary,
    num_mel_bins: present(sound).mels,
    max_source_positions: present(sound).positions,
    max_target_positions: config.maxLength,
    d_model: dModel,
    ...stacksJson(config),
    activation_function: writtenActivation[config.activation],
    scale_embedding: config.embeddingScale !== 1,
    tie_word_embeddings: config.tiedOutput,
    is_encoder_decoder: true,
    use_cache: true,
    bos_token_id: ids.end,
    pad_token_id: ids.padding ?? ids.end,
    eos_token_id: ids.end,
    decoder_start_token_id: ids.start,
  }
}

function whisperGeneration(config: ModelConfig, { suppress, suppressFirst }: GenerationOptions): JsonObject {
  const { noTimestamps, startOfPrevious, languages, transcribe, translate } = speechIds(config)
  const { multilingual, alignmentHeads } = present(config.sound)
  return {
    bad_words_ids: undefined,
    suppress_tokens: suppress,
    begin_suppress_tokens: suppressFirst,
    is_multilingual: multilingual,
    no_timestamps_token_id: noTimestamps,
    prev_sot_token_id: startOfPrevious,
    max_initial_timestamp_index: 50,
    ...(alignmentHeads.length && { alignment_heads: alignmentHeads }),
    ...(multilingual && {
      lang_to_id: Object.fromEntries([...languages].map(([code, id]) => [`<|${code}|>`, id])),
      task_to_id: { transcribe, translate },
    }),
  }
}

/** The settings by which transformers makes features. */
function whisperPreprocessor({ sound }: ModelConfig): JsonObject {
  const frames = 2 * present(sound).positions
  return {
    feature_extractor_type: 'WhisperFeatureExtractor',
    processor_class: 'WhisperProcessor',
    feature_size: present(sound).mels,
    sampling_rate: 16_000,
    hop_length: 160,
    n_fft: 400,
    chunk_length: frames / 100,
    n_samples: 160 * frames,
    nb_max_frames: frames,
    padding_side: 'right',
    padding_value: 0,
    return_attention_mask: false,
  }
}
