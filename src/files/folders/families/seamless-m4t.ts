import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { readActivation, readingHuggingFace, readStack } from '../layout/huggingface.ts'
import { AlteredTensors } from '../tensors/altered-tensors.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import type { Family } from './family.ts'

/** The tensors of its text encoder and text decoder; whole models have those that hear and speak beside them. */
const TEXT = /^(?:text_encoder|text_decoder|shared|lm_head)\./

/**
 * The text to text part of SeamlessM4T (Barrault et al. 2023) of both versions in Hugging Face's layout: NLLB's model. A
 * translation begins with the end, and the language after it.
 */
export const seamlessM4T: Family = {
  modelTypes: ['seamless_m4t', 'seamless_m4t_v2'],
  classes: ['SeamlessM4TForTextToText', 'SeamlessM4Tv2ForTextToText'],
  read: readingHuggingFace({
    config: seamlessConfig,
    generation: {},
    tokenizer: () => ({ tokenizer: { kind: 'none' } }),
  }),
  tensors: {
    read: (source) => new AlteredTensors(source, { keeps: (name) => TEXT.test(name) }),
    write: (tensors) => tensors,
  },
  names: () => names,
}

function seamlessConfig(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const dModel = fields.positiveInteger('hidden_size')
  const vocabulary = fields.positiveInteger('vocab_size')
  const tiedOutput = fields.flag('tie_word_embeddings', true) || !stored.entries.has('lm_head.weight')
  return {
    dModel,
    encoder: readStack(fields, 'encoder', dModel),
    decoder: readStack(fields, 'decoder', dModel),
    activation: readActivation(fields, 'activation_function', 'relu'),
    norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
    positions: { kind: 'timingSignal', offset: (ids.padding ?? 0) + 1 },
    embeddingScale: fields.flag('scale_embedding', true) ? Math.sqrt(dModel) : 1,
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    sharedEmbedding: true,
    tiedOutput,
    outputBias: false,
    linearBias: true,
    outputScale: 1,
    ids,
    maxLength: fields.positiveInteger('max_position_embeddings', 1024),
  }
}

const attention = (module: string, stored: string) => ({
  [`${module}.query`]: `${stored}.q_proj`,
  [`${module}.key`]: `${stored}.k_proj`,
  [`${module}.value`]: `${stored}.v_proj`,
  [`${module}.output`]: `${stored}.out_proj`,
  [`${module}Norm`]: `${stored}_layer_norm`,
})

const side = (own: string, stored: string) => ({
  ...attention(`${own}.*.selfAttention`, `${stored}.layers.*.self_attn`),
  [`${own}.*.feedForward.inner`]: `${stored}.layers.*.ffn.fc1`,
  [`${own}.*.feedForward.outer`]: `${stored}.layers.*.ffn.fc2`,
  [`${own}.*.feedForwardNorm`]: `${stored}.layers.*.ffn_layer_norm`,
  [`${own}.norm`]: `${stored}.layer_norm`,
})

const names: WeightNames = {
  stored: {
    'embedding.weight': ['shared.weight', 'text_encoder.embed_tokens.weight', 'text_decoder.embed_tokens.weight'],
    ...side('encoder', 'text_encoder'),
    ...side('decoder', 'text_decoder'),
    ...attention('decoder.*.crossAttention', 'text_decoder.layers.*.cross_attention'),
    'output.weight': 'lm_head.weight',
  },
  ignored: ['encoder', 'decoder'].flatMap((each) =>
    ['weight', 'weights'].map((table) => `text_${each}.embed_positions.${table}`),
  ),
  optional: [],
  asRow: [],
}
