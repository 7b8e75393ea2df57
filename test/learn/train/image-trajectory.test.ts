import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AttentionSettings } from '#dist/engine/model/config/attention-settings.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { learningRate } from '#dist/learn/train/settings/schedule.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { backends } from '../../backends.ts'
import { modelConfig } from './small-model.ts'

interface Golden {
  settings: { warmup: number; rate: number; clip: number; start: number }
  weights: Record<string, number[]>
  /** The pixels of each image of each step. */
  batches: number[][][]
  steps: Record<string, { loss: number; norm: number; rate: number }[]>
}

const golden = JSON.parse(
  readFileSync(new URL('../../golden/image-training/expected.json', import.meta.url), 'utf8'),
) as Golden
const { settings, batches } = golden
const pixels = batches[0][0].length
const stack = { ...modelConfig.decoder, layers: 2 }

const configOf = (attention?: AttentionSettings): ModelConfig => ({
  ...modelConfig,
  kind: 'decoderOnly',
  encoder: { ...stack, layers: 0 },
  decoder: { ...stack, ...(attention && { attention }) },
  positions: { kind: 'learned', rows: pixels + 1, offset: 0 },
  sourceVocabulary: settings.start + 1,
  targetVocabulary: settings.start + 1,
  ids: {
    end: 0,
    start: settings.start,
    padding: settings.start,
    unknown: null,
    sourceStart: settings.start,
    sourceEnd: 'none',
  },
  maxLength: pixels + 1,
})

const kinds: [string, AttentionSettings | undefined][] = [
  ['full', undefined],
  ['local', { local: 4 }],
  ['image', { local: { image: [3, 3], block: [2, 2], flange: [1, 1] } }],
]

describe.each(backends)('$name', ({ make }) => {
  it.each(kinds)('a training on images follows that of PyTorch step by step: attention %s', (kind, attention) => {
    const player = make()
    const weights = new Weights(configOf(attention))
    expect(weights.parameters.map(({ name }) => name).sort()).toEqual(Object.keys(golden.weights).sort())
    for (const [name, values] of Object.entries(golden.weights)) weights.get(name).set(values)
    const training = new TrainingStep(player, weights, {
      loss: { smoothing: 0, over: 'all' },
      dropout: { residual: 0, attention: 0, activation: 0 },
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0 },
      clip: settings.clip,
      seed: 1,
    })
    const schedule = {
      kind: 'inverseSquareRoot',
      peak: settings.rate,
      warmup: settings.warmup,
      total: batches.length,
      last: 0,
    } as const
    golden.steps[kind].forEach(({ loss, norm, rate }, i) => {
      const batch = batches[i].map((image) => ({ source: [settings.start], target: [...image, 0] }))
      const tokens = batch.length * (pixels + 1)
      const found = training.accumulate(batch, i + 1, tokens) / tokens
      const length = training.norm()
      expect(Math.abs(found - loss), `loss of step ${i + 1}`).toBeLessThan(1e-4)
      expect(Math.abs(length / norm - 1), `norm of step ${i + 1}`).toBeLessThan(2e-3)
      expect(learningRate(schedule, i + 1)).toBeCloseTo(rate, 9)
      training.update(i + 1, rate, length)
    })
    player.close()
  })
})
