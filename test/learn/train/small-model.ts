import type { Player } from '#dist/engine/backend/interface/backend.js'
import type { TokenPair } from '#dist/engine/decode/batch/ragged-batch.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import type { Batches } from '#dist/learn/train/batches/batch-stream.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import type { Validation } from '#dist/learn/train/step/validation.js'
import { Trainer, type TrainerOptions } from '#dist/learn/train/trainer.js'
import type { TrainerListener } from '#dist/learn/train/trainer-listener.js'

const VOCABULARY = 12
const END = 0
const PADDING = VOCABULARY - 1
const stack = { layers: 1, heads: 2, dHead: 4, dFeedForward: 16 }

/** A model of a few hundred weights. */
export const modelConfig: ModelConfig = {
  dModel: 8,
  encoder: stack,
  decoder: stack,
  activation: 'relu',
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
  positions: { kind: 'halves' },
  embeddingScale: Math.sqrt(8),
  sourceVocabulary: VOCABULARY,
  targetVocabulary: VOCABULARY,
  sharedEmbedding: true,
  tiedOutput: true,
  outputBias: true,
  linearBias: true,
  outputScale: 1,
  ids: { end: END, start: PADDING, padding: PADDING, unknown: null },
  maxLength: 16,
}

export function newWeights(seed = 1): Weights {
  const weights = new Weights(modelConfig)
  initialize(weights, seed)
  return weights
}

/** Pairs whose target is the source, different ones for every `from`. */
export const pairs = (count: number, from = 0): TokenPair[] =>
  Array.from({ length: count }, (_, n) => {
    const words = Array.from({ length: 2 + ((n + from) % 3) }, (_, i) => 1 + ((7 * (n + from) + 3 * i) % 10))
    return { source: [...words, END], target: [...words, END] }
  })

/** Batches that depend only on how many came before. */
export function endless(begin = 0, batchOf = (n: number) => pairs(3, 5 * n)): Batches {
  let taken = begin
  return {
    next: async () => ({ pairs: batchOf(taken++), epoch: 0, paddingShare: 0 }),
    isOver: false,
    dropped: { tooLong: 0, empty: 0 },
    state: () => ({ taken }),
    pieces: ({ source, target }) => ({ source: source.join(' '), target: target.join(' ') }),
  }
}

export const validation: Validation = {
  pairs: pairs(4, 100),
  sources: pairs(2, 100).map(({ source }) => ({ source })),
  texts: [
    { source: 'one', reference: '1 2 3' },
    { source: 'two', reference: '4 5 6' },
  ],
  decode: (ids) => ids.join(' '),
}

export const trainerOptions: TrainerOptions = {
  loss: { smoothing: 0.1, over: 'all' },
  dropout: { residual: 0.2, attention: 0.1, activation: 0.1 },
  optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0 },
  clip: 1,
  seed: 5,
  steps: 10,
  schedule: { kind: 'constant', peak: 0.01, warmup: 0, total: 10, last: 0 },
  accumulate: 1,
  validateEvery: 100,
  saveEvery: 2,
  patience: 0,
  keep: 3,
  average: 1,
  ema: 0,
  beams: 1,
}

/** A trainer of a new model, which has read the latest checkpoint of the folder, and its batches from there on. */
export function begin(
  player: Player,
  folder: string,
  options: Partial<TrainerOptions> = {},
  listener: TrainerListener = {},
) {
  const weights = newWeights()
  const trainer = new Trainer(player, weights, folder, { ...trainerOptions, ...options }, { listener })
  return {
    weights,
    trainer,
    batches: endless((trainer.resume()?.values.batches as { taken: number } | undefined)?.taken),
  }
}
