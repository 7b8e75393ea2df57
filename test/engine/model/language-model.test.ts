import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { checkConfig, type ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { generate } from '../decode/generate.ts'
import { Random } from '../program/random-operands.ts'
import { anyModel } from './any-model.ts'

/** The decoder of a random model without its encoder. */
function decoderAlone(random: Random): Weights {
  const { config } = anyModel(random)
  const alone: ModelConfig = {
    ...config,
    kind: 'decoderOnly',
    encoder: { ...config.decoder, attention: undefined, layers: 0 },
    sharedEmbedding: true,
    sourceVocabulary: config.targetVocabulary,
    ids: { ...config.ids, sourceStart: 1, sourceEnd: 'none' },
  }
  checkConfig(alone, 'a random decoder')
  const weights = new Weights(alone)
  for (let i = 0; i < weights.values.length; i++) weights.values[i] = random.next() - 0.5
  return weights
}

const textOf = (random: Random, { config }: Weights, length: number) =>
  Array.from({ length }, () => random.integer(0, config.targetVocabulary - 1))

describe.each(Array.from({ length: 16 }, (_, seed) => ({ seed })))('a random decoder alone, $seed', ({ seed }) => {
  const random = new Random(100 + seed)
  const weights = decoderAlone(random)
  const { kind = 'attention' } = weights.config.decoderSelfAttention ?? {}

  it(`finds step by step what it scores in one pass (${kind}, ${weights.config.positions.kind})`, () => {
    const player = new JsPlayer()
    const prompts = [1, 3, 7].map((length) => textOf(random, weights, length))
    const options = { ...generationDefaults, maxTokens: 8, loops: 'keep' } as const
    const found = generate(player, weights, prompts, options)
    const decoder = new ForcedDecoder(player, weights)
    const scores = decoder.score(found.map(([{ ids }], i) => ({ source: prompts[i], target: ids })))
    found.forEach(([best], i) => best.scores.forEach((score, t) => expect(scores[i][t]).toBeCloseTo(score, 3)))
    player.close()
  })

  it('has the gradients of finite differences, of what is predicted alone', () => {
    const player = new JsPlayer()
    const batch = [
      { source: textOf(random, weights, 1), target: textOf(random, weights, 5) },
      { source: textOf(random, weights, 4), target: textOf(random, weights, 3) },
    ]
    const training = new TrainingStep(player, weights, {
      loss: { smoothing: 0, over: 'all' },
      dropout: { residual: 0, attention: 0, activation: 0 },
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weightDecay: 0 } as never,
      clip: 0,
      seed: 1,
    })
    training.accumulate(batch, 1, 1)
    const { values } = weights
    const places = Array.from({ length: 12 }, () => random.integer(0, values.length - 1))
    for (const at of places) {
      const [before, step] = [values[at], 2e-3]
      values[at] = before + step
      const above = training.loss(batch)
      values[at] = before - step
      const below = training.loss(batch)
      values[at] = before
      const slope = (above - below) / (2 * step)
      expect(Math.abs(training.gradients[at] - slope)).toBeLessThan(0.03 * Math.max(1, Math.abs(slope)))
    }
    player.close()
  })
})

it('a decoder alone is refused with layers of an encoder, and an encoder-decoder without', () => {
  const { config } = decoderAlone(new Random(3))
  const wrong = { ...config, encoder: { ...config.encoder, layers: 1 } }
  expect(() => checkConfig(wrong, 'it')).toThrow(/encoder\.layers must be 0 in a decoder alone/)
  expect(() => checkConfig({ ...config, kind: undefined }, 'it')).toThrow(/encoder\.layers must be a positive integer/)
})
