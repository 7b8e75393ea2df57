import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { ofOneVocabulary, quantization, readActivation, readingHuggingFace, readStack } from '../layout/huggingface.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { sinusoidNames } from './bart-layout.ts'
import type { Family } from './family.ts'

/** Speech2Text (Wang et al. 2020, fairseq S2T) in Hugging Face's layout: features of sound in. */
export const speechToText: Family = {
  modelTypes: ['speech_to_text'],
  classes: ['Speech2TextForConditionalGeneration'],
  read: readingHuggingFace({ config: readConfig, generation: {}, tokenizer: hubTokenizerFiles('M2M100') }),
  quantized: { quantization_config: quantization },
  names,
}

function readConfig(fields: JsonFields, ids: SpecialIds): ModelConfig {
  const dModel = fields.positiveInteger('d_model', 256)
  const vocabulary = fields.positiveInteger('vocab_size', 10000)
  if (fields.positiveInteger('num_conv_layers', 2) !== 2 || fields.positiveInteger('input_channels', 1) !== 1)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: only two convolutions over one channel are supported`,
    )
  const kernels = fields.value('conv_kernel_sizes') ?? [5, 5]
  if (
    !Array.isArray(kernels) ||
    kernels.length !== 2 ||
    !kernels.every((taps) => Number.isSafeInteger(taps) && taps > 0)
  )
    return fields.fail('conv_kernel_sizes', 'a list of two positive integers')
  return {
    dModel,
    encoder: readStack(fields, 'encoder', dModel),
    decoder: readStack(fields, 'decoder', dModel),
    sound: {
      front: 'gated',
      kernels,
      channels: fields.positiveInteger('conv_channels', 1024),
      mels: fields.positiveInteger('input_feat_per_channel', 80),
      positions: fields.positiveInteger('max_source_positions', 6000),
      multilingual: false,
      alignmentHeads: [],
    },
    activation: readActivation(fields, 'activation_function', 'relu'),
    norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
    positions: { kind: 'timingSignal', offset: (ids.padding ?? 1) + 1 },
    embeddingScale: fields.flag('scale_embedding', true) ? Math.sqrt(dModel) : 1,
    ...ofOneVocabulary(fields, vocabulary),
    ids,
    maxLength: fields.positiveInteger('max_target_positions', 1024),
  }
}

function names(config: ModelConfig): WeightNames {
  const { stored, ...others } = sinusoidNames(config)
  return {
    ...others,
    stored: {
      ...stored,
      'embedding.weight': 'model.decoder.embed_tokens.weight',
      'encoder.conv1': 'model.encoder.conv.conv_layers.0',
      'encoder.conv2': 'model.encoder.conv.conv_layers.1',
    },
    separate: [],
  }
}
