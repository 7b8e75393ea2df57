import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig, SpecialIds, StackConfig } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { ofOneVocabulary, quantization, readActivation, readingHuggingFace } from '../layout/huggingface.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { attentionBiases } from './bart-layout.ts'
import type { Family } from './family.ts'
import { HalvedTensors } from './halved-tensors.ts'

/** States of the encoder in 30 seconds, the longest sounds in training. */
const LONGEST = 1248

/** The joint first linear of a decoder's feed-forward sub-layer: what is gated, and the gate. */
const JOINT = /^(?:model\.)?decoder\.layers\.\d+\.mlp\.fc1\./

/** Moonshine (Jeffries et al. 2024) in Hugging Face's layout: it hears samples, and is of one language. */
export const moonshine: Family = {
  modelTypes: ['moonshine'],
  classes: ['MoonshineForConditionalGeneration'],
  read: readingHuggingFace({ config: moonshineConfig, generation: {}, tokenizer: hubTokenizerFiles('T5') }),
  quantized: { quantization_config: quantization },
  tensors: { read: (source) => new HalvedTensors(source, JOINT, ['fc1Inner', 'fc1Gate']), write: (tensors) => tensors },
  names: moonshineNames,
}

function stackOf(fields: JsonFields, side: 'encoder' | 'decoder', dModel: number): StackConfig {
  const key = `${side}_num_attention_heads`
  const heads = fields.positiveInteger(key, 8)
  if (dModel % heads) fields.fail(key, `a divisor of hidden_size (${dModel})`)
  if (fields.positiveInteger(`${side}_num_key_value_heads`, heads) !== heads)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: ${side}_num_key_value_heads differs from ${key}: grouped queries are not supported`,
    )
  return {
    layers: fields.positiveInteger(`${side}_num_hidden_layers`, 6),
    heads,
    dHead: dModel / heads,
    dFeedForward: fields.positiveInteger('intermediate_size', 1152),
  }
}

function moonshineConfig(fields: JsonFields, ids: SpecialIds): ModelConfig {
  const dModel = fields.positiveInteger('hidden_size', 288)
  const decoder = stackOf(fields, 'decoder', dModel)
  const vocabulary = fields.positiveInteger('vocab_size', 32768)
  const maxLength = fields.positiveInteger('max_position_embeddings', 512)
  return {
    dModel,
    encoder: stackOf(fields, 'encoder', dModel),
    decoder,
    encoderSide: { activation: readActivation(fields, 'encoder_hidden_act', 'gelu'), gated: false },
    sound: { front: 'samples', mels: dModel, positions: LONGEST, multilingual: false, alignmentHeads: [] },
    activation: readActivation(fields, 'decoder_hidden_act', 'silu'),
    gated: true,
    norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
    positions: rotaryOf(fields, decoder.dHead),
    embeddingScale: 1,
    ...ofOneVocabulary(fields, vocabulary),
    ids,
    maxLength,
  }
}

/** The turned part of heads, as transformers 5 writes it, or before. */
function rotaryOf(fields: JsonFields, dHead: number): ModelConfig['positions'] {
  const own = fields.has('rope_parameters') ? fields.object('rope_parameters', false) : fields
  const type = fields.has('rope_parameters') ? own.text('rope_type', 'default') : 'default'
  if (type !== 'default' || (fields.value('rope_scaling') ?? null) !== null)
    throw new GlassformerError('ERR_UNSUPPORTED', `${fields.where}: scaled rotary positions are not supported`)
  const part = own.number('partial_rotary_factor', 0.9)
  const turned = Math.floor(dHead * part)
  if (turned < 2 || turned > dHead || turned % 2)
    own.fail('partial_rotary_factor', `a part of which an even number of ${dHead} numbers of a head turn`)
  return { kind: 'rotary', base: own.number('rope_theta', 10000), ...(turned < dHead && { turned }) }
}

function moonshineNames(config: ModelConfig): WeightNames {
  const attention = (own: string, stored: string) =>
    Object.fromEntries(
      (['query', 'key', 'value', 'output'] as const).map((part) => [`${own}.${part}`, `${stored}.${part[0]}_proj`]),
    )
  const [encoder, decoder] = ['model.encoder.layers.*', 'model.decoder.layers.*']
  const norms = [
    ...Array.from({ length: config.encoder.layers }, (_, i) =>
      ['selfAttention', 'feedForward'].map((name) => `encoder.${i}.${name}Norm.bias`),
    ).flat(),
    ...Array.from({ length: config.decoder.layers }, (_, i) =>
      ['selfAttention', 'crossAttention', 'feedForward'].map((name) => `decoder.${i}.${name}Norm.bias`),
    ).flat(),
  ]
  return {
    stored: {
      'embedding.weight': 'model.decoder.embed_tokens.weight',
      'encoder.conv1': 'model.encoder.conv1',
      'encoder.groupNorm': 'model.encoder.groupnorm',
      'encoder.conv2': 'model.encoder.conv2',
      'encoder.conv3': 'model.encoder.conv3',
      ...attention('encoder.*.selfAttention', `${encoder}.self_attn`),
      'encoder.*.selfAttentionNorm': `${encoder}.input_layernorm`,
      'encoder.*.feedForward.inner': `${encoder}.mlp.fc1`,
      'encoder.*.feedForward.outer': `${encoder}.mlp.fc2`,
      'encoder.*.feedForwardNorm': `${encoder}.post_attention_layernorm`,
      'encoder.norm': 'model.encoder.layer_norm',
      ...attention('decoder.*.selfAttention', `${decoder}.self_attn`),
      'decoder.*.selfAttentionNorm': `${decoder}.input_layernorm`,
      ...attention('decoder.*.crossAttention', `${decoder}.encoder_attn`),
      'decoder.*.crossAttentionNorm': `${decoder}.post_attention_layernorm`,
      'decoder.*.feedForward.inner': `${decoder}.mlp.fc1Inner`,
      'decoder.*.feedForward.gate': `${decoder}.mlp.fc1Gate`,
      'decoder.*.feedForward.outer': `${decoder}.mlp.fc2`,
      'decoder.*.feedForwardNorm': `${decoder}.final_layernorm`,
      'decoder.norm': 'model.decoder.norm',
      'output.weight': 'proj_out.weight',
    },
    ignored: [],
    optional: [...norms, ...attentionBiases(config), 'encoder.norm.bias', 'decoder.norm.bias'],
    asRow: [],
    prefix: 'model.',
  }
}
