import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { train } from '#dist/learn/train/train.js'
import { Translator } from '#dist/use/translate/translator.js'
import { nativeReasons } from '../../backends.ts'
import { newFolder, pairsFile, smallConfig } from './small-run.ts'

it('a Marian model of odd width is trained, loaded, translated with on every backend, and trained further', async () => {
  const model = { dModel: 15, heads: 3, encoderLayers: 1, decoderLayers: 1, dFeedForward: 30, maxLength: 40 }
  const first = await train(smallConfig({ model, training: { steps: 20 } }), newFolder(), { threads: 1 })
  const config = JSON.parse(readFileSync(join(first.model!, 'config.json'), 'utf8'))
  expect(config).toMatchObject({ model_type: 'marian', d_model: 15 })
  const scores = []
  for (const backend of nativeReasons.length ? (['js'] as const) : (['js', 'native'] as const)) {
    await using translator = await Translator.load(first.model!, { backend, precision: 'float32' })
    const [pair] = await translator.score([{ source: 'un deux trois quatre', target: 'one two three four' }])
    scores.push(pair.score)
    expect(typeof (await translator.translate('un deux', { maxTokens: 9 })).text).toBe('string')
  }
  for (const score of scores) expect(score).toBeCloseTo(scores[0], 3)
  const data = { train: { path: pairsFile() }, heldOut: 20 }
  const further = { from: first.model, data, training: { steps: 20, batchTokens: 300, warmup: 4, learningRate: 0.01 } }
  const second = await train(readTrainConfig(further, 'a test'), newFolder(), { threads: 1 })
  expect(second.scores!.loss).toBeLessThan(first.scores!.loss)
})
