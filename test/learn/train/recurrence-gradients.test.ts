import { afterAll, describe, expect, it } from 'vitest'
import type { NormOrder } from '#dist/base/choices/norm-order.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { backends } from '../../backends.ts'
import { plainLogits } from '../../engine/model/plain-transformer.ts'
import { Random } from '../../engine/program/random-operands.ts'
import { modelConfig, pairs, trainerOptions } from './small-model.ts'

/** The change of a weight, up to the rounding of float32. */
const STEP = 1e-4
/** The number of weights of each parameter that are checked. */
const SAMPLES = 3
const { beta1 } = trainerOptions.optimizer as { beta1: number }

const two = { ...modelConfig.decoder, layers: 2 }

const kinds: [Partial<ModelConfig>, NormOrder][] = [
  [{ decoderSelfAttention: { kind: 'ssru' } }, 'post'],
  [{ decoderSelfAttention: { kind: 'ssru', projection: true } }, 'n/dan/n'],
  [
    { decoderSelfAttention: { kind: 'average', dFeedForward: 12, depth: 2, activation: 'swish', gatingLayer: true } },
    'post',
  ],
  [
    { decoderSelfAttention: { kind: 'average', dFeedForward: 8, depth: 3, activation: 'relu', gatingLayer: false } },
    'pre',
  ],
  ...(['post', 'pre'] as const).map((order): [Partial<ModelConfig>, NormOrder] => [
    { encoderSelfAttention: { kind: 'convolution' }, decoderSelfAttention: { kind: 'convolution' } },
    order,
  ]),
  [{ decoder: { ...two, attention: { local: 2, compressed: { factor: 2 } } } }, 'post'],
  [{ decoder: { ...two, attention: { local: 2, compressed: { factor: 3, layers: [0, 1] } } } }, 'pre'],
]

const batch = pairs(4)
const tokens = batch.reduce((sum, { target }) => sum + target.length, 0)

/** The mean negative log-probability of all target tokens, in float64. */
function plainLoss(weights: Weights): number {
  let sum = 0
  for (const { source, target } of batch)
    plainLogits(weights, [...source], [...target]).forEach((logits, t) => {
      const most = Math.max(...logits)
      sum += most + Math.log(logits.reduce((total, logit) => total + Math.exp(logit - most), 0)) - logits[target[t]]
    })
  return sum / tokens
}

/** The slope of the loss along one weight. */
function slopeOf(weights: Weights, at: number): number {
  const { values } = weights
  const before = values[at]
  const moved = (by: number) => {
    values[at] = before + by
    return { loss: plainLoss(weights), value: values[at] }
  }
  const [above, below] = [moved(STEP), moved(-STEP)]
  values[at] = before
  return (above.loss - below.loss) / (above.value - below.value)
}

describe.each(kinds)('a model with %o and norms %s', (own, order) => {
  const random = new Random(36)
  const layers = { encoder: { ...modelConfig.encoder, layers: 1 }, decoder: two, ...own }
  const norm = { ...modelConfig.norm, order }
  const weights = new Weights({ ...modelConfig, ...layers, norm, tiedOutput: false })
  initialize(weights, 3)
  weights.values.forEach((value, i) => (weights.values[i] = value + 0.2 * (random.next() - 0.5)))
  const slopes = weights.parameters.flatMap(({ name, rows, width }) =>
    Array.from({ length: SAMPLES }, () => {
      const at = weights.place(name).offset + random.integer(0, rows * width - 1)
      return { name, at, slope: slopeOf(weights, at) }
    }),
  )
  const range = Math.max(...slopes.map(({ slope }) => Math.abs(slope)))

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())

    it('trains with the gradients of its whole loss, by finite differences in float64', () => {
      const trained = new Weights(weights.config)
      trained.values.set(weights.values)
      const none = { residual: 0, attention: 0, activation: 0 }
      const loss = { smoothing: 0, over: 'all' } as const
      const step = new TrainingStep(player, trained, { ...trainerOptions, loss, dropout: none, clip: 0 })
      expect(step.accumulate(batch, 1, tokens) / tokens).toBeCloseTo(plainLoss(weights), 5)
      step.update(1, 0.01, step.norm())
      // Adam's first moment after one step is the gradient, times 1 − β₁.
      for (const { name, at, slope } of slopes) {
        const gradient = step.moments.firstMoments[at] / (1 - beta1)
        expect(Math.abs(gradient - slope) / range, `${name}: ${gradient} beside ${slope}`).toBeLessThan(1e-4)
      }
    })
  })
})
