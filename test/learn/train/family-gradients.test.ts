import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { TokenPair } from '#dist/engine/decode/step/index.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { TrainingStep } from '#dist/learn/train/training-step.js'
import { backends, wasmBackends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { trainerOptions } from './small-model.ts'

const root = fileURLToPath(new URL('../../golden/family-gradients/', import.meta.url))
const options = {
  ...trainerOptions,
  loss: { smoothing: 0, over: 'all' },
  dropout: { residual: 0, attention: 0, activation: 0 },
} as const

/** A key bias adds the same to every score of a query, which softmax ignores: its gradient is 0 except for rounding. */
const isIdle = (name: string) => name.endsWith('key.bias')

describe.each(['longt5-tglobal', 'led'])('%s', (family) => {
  const { weights } = loadFolder(`${root}${family}/model`, { precision: 'float32' })
  const gradients = loadFolder(`${root}${family}/gradients`, { precision: 'float32' }).weights
  const { loss, pairs }: { loss: number; pairs: TokenPair[] } = JSON.parse(
    readFileSync(`${root}${family}/expected.json`, 'utf8'),
  )
  const tokens = pairs.reduce((sum, { target }) => sum + target.length, 0)

  it.each([...backends, ...wasmBackends])('has the loss and the gradients of transformers on $name', ({ make }) => {
    const player = make()
    const step = new TrainingStep(player, weights, options)
    expect(step.accumulate(pairs, 1, tokens) / tokens).toBeCloseTo(loss, 5)
    for (const { name, rows, width } of weights.parameters) {
      if (isIdle(name)) continue
      const { offset } = weights.place(name)
      expectClose(step.gradients.subarray(offset, offset + rows * width), gradients.get(name), 1e-5)
    }
    player.close()
  })
})
