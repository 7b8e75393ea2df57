import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withRows } from '#dist/base/choices/position-kinds.js'
import type { TokenPair } from '#dist/engine/decode/batch/ragged-batch.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { modelConfig, trainerOptions } from './small-model.ts'

interface Golden {
  rowWidth: number
  rows: number[]
  pairs: { source: number[]; target: number[] }[]
  states: number[]
  logits: number[]
  loss: number
  weights: Record<string, number[]>
  gradients: Record<string, number[]>
}

const golden = JSON.parse(
  readFileSync(new URL('../../golden/real-rows/expected.json', import.meta.url), 'utf8'),
) as Golden

const stack = { layers: 2, heads: 2, dHead: 8, dFeedForward: 24 }
const config: ModelConfig = {
  ...modelConfig,
  dModel: 16,
  encoder: stack,
  decoder: { ...stack, layers: 1 },
  norm: { kind: 'layerNorm', order: 'postFinal', epsilon: 1e-5 },
  positions: { kind: 'interleaved' },
  embeddingScale: 4,
  sourceVocabulary: 13,
  targetVocabulary: 13,
  outputBias: false,
  ids: { end: 1, start: 2, padding: null, unknown: null },
  rowWidth: golden.rowWidth,
}

const pairs: TokenPair[] = golden.pairs.map(({ source, target }) => ({
  source: source.includes(-1) ? withRows(source, Float32Array.from(golden.rows)) : source,
  target,
}))

const none = { residual: 0, attention: 0, activation: 0 }
const options = { ...trainerOptions, loss: { smoothing: 0, over: 'all' as const }, dropout: none, clip: 0 }

function weightsOf(activation: ModelConfig['activation'] = 'relu'): Weights {
  const weights = new Weights({ ...config, activation })
  expect(weights.parameters.map(({ name }) => name).sort()).toEqual(Object.keys(golden.weights).sort())
  for (const [name, values] of Object.entries(golden.weights)) weights.get(name).set(values)
  return weights
}

describe.each(backends)('a source of rows of real numbers beside one of tokens ($name)', ({ make }) => {
  it('has the states, logits, loss and gradients of PyTorch', () => {
    const player = make()
    try {
      const weights = weightsOf()
      const [states, logits] = new ForcedDecoder(player, weights).trace(pairs, ['encoder.norm.normed', 'output.out'])
      expectClose(states, golden.states, 1e-5)
      expectClose(logits, golden.logits, 1e-5)
      const step = new TrainingStep(player, weights, options)
      expect(step.accumulate(pairs, 1, 1)).toBeCloseTo(golden.loss, 4)
      const names = Object.keys(golden.gradients)
      const own = names.flatMap((name) => {
        const { offset, rows, width } = weights.place(name)
        return Array.from(step.gradients.subarray(offset, offset + rows * width))
      })
      expectClose(own, Object.values(golden.gradients).flat(), 1e-5)
    } finally {
      player.close()
    }
  })

  it('computes the same bits alone and in a batch', () => {
    const player = make()
    try {
      const decoder = new ForcedDecoder(player, weightsOf())
      const together = decoder.score(pairs)
      expect(pairs.map((pair) => decoder.score([pair])[0])).toEqual(together)
    } finally {
      player.close()
    }
  })
})

it('has gradients of the linear that finite differences confirm', () => {
  const player = backends[0].make()
  const weights = weightsOf('gelu') // which has no kinks
  const step = new TrainingStep(player, weights, options)
  step.accumulate(pairs, 1, 1)
  const { offset } = weights.place('encoder.rows.weight')
  const values = weights.get('encoder.rows.weight')
  for (const i of [0, 7, 20, 47]) {
    const [at, h] = [values[i], 5e-3]
    const lossWith = (value: number) => {
      values[i] = value
      return step.loss(pairs)
    }
    const slope = (lossWith(at + h) - lossWith(at - h)) / (2 * h)
    values[i] = at
    expect(step.gradients[offset + i]).toBeCloseTo(slope, 2)
  }
  player.close()
})
