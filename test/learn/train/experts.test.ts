import { expect, test } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { adafactorProgram } from '#dist/learn/train/step/programs.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { modelConfig, pairs, trainerOptions } from './small-model.ts'

const stack = {
  layers: 1,
  heads: 2,
  dHead: 8,
  dFeedForward: 16,
  feedForward: { experts: 4, k: 2, softmax: 'top', balance: 0.05 } as const,
}
const config: ModelConfig = { ...modelConfig, dModel: 16, encoder: stack, decoder: stack }

function trained(balance: number, steps: number) {
  const player = new JsPlayer()
  const feedForward = { ...stack.feedForward, balance }
  const own = { ...stack, feedForward }
  const weights = new Weights({ ...config, encoder: own, decoder: own })
  initialize(weights, 3)
  const dropout = { residual: 0.1, attention: 0, activation: 0 }
  const step = new TrainingStep(player, weights, { ...trainerOptions, dropout })
  const losses: number[] = []
  for (let i = 1; i <= steps; i++) {
    const batch = pairs(12, 12 * i)
    const tokens = batch.reduce((sum, { target }) => sum + target.length, 0)
    losses.push(step.accumulate(batch, i, tokens) / tokens)
    step.update(i, 0.01, step.norm())
  }
  return { weights, step, losses, player }
}

/** The shares of the tokens that experts of the decoder have, the greatest over their mean. */
function greatestShare({ weights, player }: ReturnType<typeof trained>): number {
  const [gates] = new ForcedDecoder(player, weights).trace(pairs(40, 500), ['decoder.0.feedForward.gates'])
  const counts = [0, 0, 0, 0]
  gates.forEach((gate, i) => {
    if (gate > 0) counts[i % 4]++
  })
  return Math.max(...counts) / (counts.reduce((a, b) => a + b) / 4)
}

test('a model with experts learns, and its balance keeps the load of experts alike', () => {
  const made = trained(0.1, 120)
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length
  expect(mean(made.losses.slice(-10))).toBeLessThan(0.7 * mean(made.losses.slice(0, 10)))
  const [balanced, free] = [greatestShare(made), greatestShare(trained(0, 120))]
  expect(balanced).toBeLessThan(1.5)
  expect(balanced).toBeLessThan(free)
})

test('the noise of a step follows from its seed: the same step has the same gradients, another has others', () => {
  const gradientsOf = (step: number) => {
    const made = trained(0.05, 0)
    const batch = pairs(6)
    made.step.accumulate(batch, step, 30)
    return made.step.gradients
  }
  expect(gradientsOf(4)).toEqual(gradientsOf(4))
  expect(gradientsOf(4)).not.toEqual(gradientsOf(5))
})

test('Adafactor factors each expert by itself', () => {
  const weights = new Weights(config)
  const names = adafactorProgram(weights).program.instructions.map(({ inputs }) => inputs[0]!.name)
  for (let e = 0; e < 4; e++) expect(names).toContain(`gradients of encoder.0.feedForward.expert${e}.inner.weight`)
})
