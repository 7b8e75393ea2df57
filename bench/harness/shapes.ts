import type { ModelConfig, StackConfig } from '#dist/engine/model/config/config.js'

/** A model of the paper with as many decoder layers as encoder layers, as Marian makes it. */
export function ofThePaper(dModel: number, vocabulary: number, layers: Omit<StackConfig, 'dHead'>): ModelConfig {
  const stack = { ...layers, dHead: dModel / layers.heads }
  return {
    dModel,
    encoder: stack,
    decoder: stack,
    activation: 'relu',
    norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
    positions: { kind: 'halves' },
    embeddingScale: Math.sqrt(dModel),
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    sharedEmbedding: true,
    tiedOutput: true,
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids: { end: 0, start: vocabulary - 1, padding: vocabulary - 1, unknown: 1 },
    maxLength: 512,
  }
}

/** The shape of Helsinki-NLP's OPUS-MT models: 75 million weights. */
export const opusMt: ModelConfig = {
  ...ofThePaper(512, 58_101, { layers: 6, heads: 8, dFeedForward: 2048 }),
  activation: 'swish',
}

/** The shape of NLLB-200's distilled model of 600 million weights. */
export const nllb: ModelConfig = {
  ...ofThePaper(1024, 256_206, { layers: 12, heads: 16, dFeedForward: 4096 }),
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  positions: { kind: 'timingSignal', offset: 2 },
  outputBias: false,
  ids: { end: 2, start: 2, padding: 1, unknown: 3 },
  maxLength: 1024,
}

/** The shape of FLAN-T5-base: 250 million weights. */
export const flanT5: ModelConfig = {
  ...ofThePaper(768, 32_128, { layers: 12, heads: 12, dFeedForward: 2048 }),
  activation: 'geluTanh',
  gated: true,
  norm: { kind: 'rmsNorm', order: 'pre', epsilon: 1e-6 },
  positions: { kind: 'buckets', buckets: 32, furthest: 128 },
  scaledAttention: false,
  embeddingScale: 1,
  tiedOutput: false,
  outputBias: false,
  linearBias: false,
  ids: { end: 1, start: 0, padding: 0, unknown: 2 },
  maxLength: 16_384,
}

/** The shape of BART-large, which reads 1,024 tokens: 406 million weights. */
export const bartLarge: ModelConfig = {
  ...ofThePaper(1024, 50_265, { layers: 12, heads: 16, dFeedForward: 4096 }),
  activation: 'gelu',
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: true },
  positions: { kind: 'learned', rows: 1026, offset: 2 },
  embeddingScale: 1,
  ids: { end: 2, start: 2, padding: 1, unknown: 3 },
  maxLength: 1024,
}

/** A shape's family with one layer per stack and few weights. */
export function reduced(config: ModelConfig): ModelConfig {
  const [dModel, heads, vocabulary] = [64, 2, 320]
  const stack = { layers: 1, heads, dHead: dModel / heads, dFeedForward: 2 * dModel }
  const last = config.sourceVocabulary - 1
  const inVocabulary = <Id>(id: Id) => (typeof id === 'number' && id === last ? vocabulary - 1 : id)
  const ids = Object.fromEntries(Object.entries(config.ids).map(([name, id]) => [name, inVocabulary(id)]))
  return {
    ...config,
    dModel,
    encoder: stack,
    decoder: stack,
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    embeddingScale: config.embeddingScale === 1 ? 1 : Math.sqrt(dModel),
    ids: { ...config.ids, ...ids },
  }
}
