import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { train } from '#dist/learn/train/train.js'
import { glassformer } from '../../cli/command.ts'
import { newFolder, pairsFile, weightsOf } from './small-run.ts'

const example = fileURLToPath(new URL('../../../examples/papers/slicenet/convolutions.json', import.meta.url))

it('examples/papers/slicenet in short: trained, resumed to the same bits, saved, decoded and inspected', async () => {
  const settings = JSON.parse(readFileSync(example, 'utf8'))
  const short = {
    ...settings,
    data: { train: { path: pairsFile() }, heldOut: 10 },
    vocabulary: { size: 60 },
    model: { ...settings.model, encoderLayers: 2, decoderLayers: 1, dModel: 32 },
    training: {
      ...settings.training,
      steps: 80,
      warmup: 10,
      batchTokens: 300,
      learningRate: 0.01,
      saveEvery: 20,
      ema: 0,
    },
    validation: { every: 40 },
  }
  const config = readTrainConfig(short, 'settings of a test')
  const options = { threads: 1, precision: 'float32' } as const
  const { model } = await train(config, newFolder(), options)

  const folder = newFolder()
  const controller = new AbortController()
  const listener = { step: ({ step }: { step: number }) => step === 50 && controller.abort() }
  expect(await train(config, folder, { ...options, signal: controller.signal }, listener)).toMatchObject({ step: 50 })
  const resumed = await train(config, folder, options)
  expect(weightsOf(resumed.model!).equals(weightsOf(model!))).toBe(true)

  const translator = await Translator.load(model!, { workers: 1, threads: 1 })
  const one = await translator.translate('un deux trois quatre', { beams: 2 })
  const among = await translator.translate(['zéro un', 'un deux trois quatre', 'neuf'], { beams: 2 })
  expect(among[1].text).toBe(one.text)
  await translator.close()

  const info = await glassformer(['info', '--model', model!])
  expect(info.stdout).toContain('convolutions in place of self-attention and feed-forward')
  const page = `${newFolder()}.html`
  const inspected = await glassformer(['inspect', '--model', model!, '--export', page, 'un deux'])
  expect(inspected, inspected.stderr).toMatchObject({ code: 0 })
})
