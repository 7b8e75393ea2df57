import { isDecoderOnly, type ModelConfig, type SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { readActivation, readStack, stacksJson, writtenActivation } from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'

const SHARED = 'model.shared.weight'
const SOURCE = 'model.encoder.embed_tokens.weight'
const TARGET = 'model.decoder.embed_tokens.weight'

const names: WeightNames = {
  stored: {
    'embedding.weight': [SHARED, SOURCE, TARGET],
    'encoder.embedding.weight': SOURCE,
    'decoder.embedding.weight': TARGET,
    'encoder.positions.weight': 'model.encoder.embed_positions.weight',
    'decoder.positions.weight': 'model.decoder.embed_positions.weight',
    'encoder.embeddingNorm': 'model.encoder.layernorm_embedding',
    'decoder.embeddingNorm': 'model.decoder.layernorm_embedding',
    'encoder.*.selfAttention.query': 'model.encoder.layers.*.self_attn.q_proj',
    'encoder.*.selfAttention.key': 'model.encoder.layers.*.self_attn.k_proj',
    'encoder.*.selfAttention.value': 'model.encoder.layers.*.self_attn.v_proj',
    'encoder.*.selfAttention.output': 'model.encoder.layers.*.self_attn.out_proj',
    'encoder.*.selfAttentionNorm': 'model.encoder.layers.*.self_attn_layer_norm',
    'encoder.*.feedForward.inner': 'model.encoder.layers.*.fc1',
    'encoder.*.feedForward.outer': 'model.encoder.layers.*.fc2',
    'encoder.*.feedForwardNorm': 'model.encoder.layers.*.final_layer_norm',
    'encoder.norm': 'model.encoder.layer_norm',
    'decoder.*.selfAttention.query': 'model.decoder.layers.*.self_attn.q_proj',
    'decoder.*.selfAttention.key': 'model.decoder.layers.*.self_attn.k_proj',
    'decoder.*.selfAttention.value': 'model.decoder.layers.*.self_attn.v_proj',
    'decoder.*.selfAttention.output': 'model.decoder.layers.*.self_attn.out_proj',
    'decoder.*.selfAttentionNorm': 'model.decoder.layers.*.self_attn_layer_norm',
    'decoder.*.crossAttention.query': 'model.decoder.layers.*.encoder_attn.q_proj',
    'decoder.*.crossAttention.key': 'model.decoder.layers.*.encoder_attn.k_proj',
    'decoder.*.crossAttention.value': 'model.decoder.layers.*.encoder_attn.v_proj',
    'decoder.*.crossAttention.output': 'model.decoder.layers.*.encoder_attn.out_proj',
    'decoder.*.crossAttentionNorm': 'model.decoder.layers.*.encoder_attn_layer_norm',
    'decoder.*.feedForward.inner': 'model.decoder.layers.*.fc1',
    'decoder.*.feedForward.outer': 'model.decoder.layers.*.fc2',
    'decoder.*.feedForwardNorm': 'model.decoder.layers.*.final_layer_norm',
    'decoder.norm': 'model.decoder.layer_norm',
    'output.weight': 'lm_head.weight',
    'output.bias': 'final_logits_bias',
  },
  // Keys with fairseq's version number, which old files have.
  ignored: ['model.encoder.version', 'model.decoder.version'],
  // Hugging Face stores this table as a buffer and not as a weight.
  optional: ['output.bias'],
  asRow: ['output.bias'],
  prefix: 'model.',
}

/**
 * Names of weights in Hugging Face's BART and the families derived from it: Marian, mBART, M2M100, Pegasus and
 * Blenderbot. For a model whose output is not tied, transformers 5 stores three embedding tables and uses those of the
 * two sides.
 */
export const bartNames = ({ sharedEmbedding, tiedOutput }: ModelConfig): WeightNames => ({
  ...names,
  ignored: sharedEmbedding ? names.ignored : [...names.ignored, SHARED],
  separate: tiedOutput ? [] : ['embedding.weight'],
})

/** The names of a family with sinusoidal positions: files may hold the table, or its first value. */
export function sinusoidNames(config: ModelConfig): WeightNames {
  const plain = bartNames(config)
  const tables = ['encoder', 'decoder'].flatMap((side) =>
    ['weight', 'weights', '_float_tensor'].map((table) => `model.${side}.embed_positions.${table}`),
  )
  return { ...plain, ignored: [...plain.ignored, ...tables] }
}

/** The biases of all attentions, which families may lack whose feed-forward linears have biases. */
export const attentionBiases = ({ encoder, decoder }: ModelConfig): string[] =>
  (
    [
      ['encoder', encoder.layers, 'selfAttention'],
      ['decoder', decoder.layers, 'selfAttention'],
      ['decoder', decoder.layers, 'crossAttention'],
    ] as const
  ).flatMap(([side, layers, attention]) =>
    Array.from({ length: layers }, (_, i) =>
      ['query', 'key', 'value', 'output'].map((part) => `${side}.${i}.${attention}.${part}.bias`),
    ).flat(),
  )

/** The differences between these families. */
export type BartVariant = Pick<ModelConfig, 'norm' | 'positions' | 'outputBias'>

/** The number of positions in a model by its config.json. */
export const positionRows = (fields: JsonFields) => fields.positiveInteger('max_position_embeddings', 1024)

/** The model that a config.json of these families describes. Defaults are those of Hugging Face's configuration. */
export function readBart(
  fields: JsonFields,
  ids: SpecialIds,
  variant: BartVariant,
  stored: FolderTensors,
  { activation = 'gelu', scaled = false } = {},
): ModelConfig {
  const dModel = fields.positiveInteger('d_model')
  const vocabulary = fields.positiveInteger('vocab_size')
  const tiedOutput = fields.flag('tie_word_embeddings', true)
  return {
    dModel,
    encoder: readStack(fields, 'encoder', dModel),
    decoder: readStack(fields, 'decoder', dModel),
    activation: readActivation(fields, 'activation_function', activation),
    ...variant,
    embeddingScale: fields.flag('scale_embedding', scaled) ? Math.sqrt(dModel) : 1,
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    sharedEmbedding: tiedOutput || hasOneTable(stored),
    tiedOutput,
    linearBias: true,
    outputScale: 1,
    ids,
    maxLength: positionRows(fields),
  }
}

/**
 * Whether the embedding tables in a folder are one. transformers 4 writes a single table, transformers 5 all three
 * where none is tied.
 */
function hasOneTable(stored: FolderTensors): boolean {
  const bare = (name: string) => name.replace(/^model\./, '')
  const tables = [SHARED, SOURCE, TARGET]
    .flatMap((name) => [name, bare(name)])
    .filter((name) => stored.entries.has(name))
  return tables.length < 2 || stored.areEqual(tables)
}

/** Whether a model, apart from its ids, belongs to the family with this variant. */
export function isBart(config: ModelConfig, { norm, positions, outputBias }: BartVariant): boolean {
  const { dModel, embeddingScale, gated, scaledAttention = true } = config
  const equal = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b)
  return (
    !isDecoderOnly(config) &&
    config.prompt === undefined &&
    equal(plainNorm(config.norm), plainNorm(norm)) &&
    equal(config.positions, positions) &&
    [config.encoder, config.decoder].every(({ heads, dHead }) => heads * dHead === dModel) &&
    (embeddingScale === 1 || embeddingScale === Math.sqrt(dModel)) &&
    !gated &&
    scaledAttention &&
    config.sharedEmbedding &&
    config.linearBias &&
    config.outputBias === outputBias &&
    config.outputScale === 1 &&
    config.ids.start !== null &&
    config.ids.padding !== null &&
    config.ids.sourceStart === undefined
  )
}

const plainNorm = ({ kind, order, epsilon, embedding = false, beforePositions }: ModelConfig['norm']) => [
  kind,
  order,
  epsilon,
  embedding,
  beforePositions ?? 'none',
]

/** The config.json from which `readBart` reads the same model. */
export function bartJson(config: ModelConfig): JsonObject {
  const { dModel, ids } = config
  return {
    vocab_size: config.sourceVocabulary,
    d_model: dModel,
    ...stacksJson(config),
    activation_function: writtenActivation[config.activation],
    max_position_embeddings: config.maxLength,
    scale_embedding: config.embeddingScale !== 1,
    tie_word_embeddings: config.tiedOutput,
    is_encoder_decoder: true,
    use_cache: true,
    pad_token_id: ids.padding,
    eos_token_id: ids.end,
    decoder_start_token_id: ids.start,
  }
}
