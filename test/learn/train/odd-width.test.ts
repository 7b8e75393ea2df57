import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { convertFolder } from '#dist/files/folders/convert.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { train } from '#dist/learn/train/train.js'
import type { LoadOptions } from '#dist/use/translate/options/options.js'
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

it('experts whose widths are no multiples of 16 are loaded in every precision', async () => {
  const shape = { dModel: 20, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 24, maxLength: 40 }
  const model = { ...shape, feedForward: { experts: 3, k: 1 } }
  const trained = await train(smallConfig({ model, training: { steps: 20 } }), newFolder(), { threads: 1 })
  const folder = newFolder()
  convertFolder(trained.model!, folder, 'int8')
  const scoreOf = async (path: string, options: LoadOptions) => {
    const translator = await Translator.load(path, { workers: 1, ...options })
    const [{ score }] = await translator.score([{ source: 'un deux trois quatre', target: 'one two three four' }])
    await translator.close()
    return score
  }
  const expected = await scoreOf(trained.model!, { backend: 'js', precision: 'float32' })
  for (const backend of nativeReasons.length ? (['js'] as const) : (['js', 'native'] as const))
    for (const precision of ['float32', 'bfloat16', 'int8'] as const)
      expect(Math.abs((await scoreOf(trained.model!, { backend, precision })) - expected)).toBeLessThan(0.05)
  expect(Math.abs((await scoreOf(folder, {})) - expected)).toBeLessThan(0.05)
})
