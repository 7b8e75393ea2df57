import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { TrainCommandOptions } from '#dist/cli/train/options.js'
import { settingsFor } from '#dist/cli/train/settings.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const small = {
  data: { train: { path: 'pairs.tsv' }, heldOut: 20 },
  vocabulary: { size: 80 },
  model: { dModel: 16, encoderLayers: 1, decoderLayers: 1, heads: 2, dFeedForward: 32 },
  training: { steps: 12, batchTokens: 400, saveEvery: 5 },
  validation: { every: 6, sentences: 10 },
}
const settings = join(folder, 'settings.json')
writeFileSync(settings, JSON.stringify(small))

const options = (more: Partial<TrainCommandOptions>) => ({ output: 'out', precision: 'auto', ...more }) as const

test('written out they are read as the same', () => {
  const config = readTrainConfig(small, 'settings.json')
  expect(readTrainConfig(JSON.parse(JSON.stringify(config)), 'again')).toEqual(config)
})

test('options override the file, and the file overrides a preset', () => {
  const all = settingsFor(settings, options({ preset: 'tiny', vocabularySize: 90 }), null)
  expect([all.model!.dModel, all.training.steps, all.vocabulary!.size]).toEqual([16, 12, 90])
  const few = join(folder, 'few.json')
  writeFileSync(few, JSON.stringify({ data: small.data, model: { dModel: 64 }, training: { epochs: 2 } }))
  const { model, training, vocabulary } = settingsFor(few, options({ preset: 'tiny' }), null)
  expect([model!.dModel, model!.encoderLayers, vocabulary!.size, training.batchTokens]).toEqual([64, 2, 4000, 2048])
  expect([training.steps, training.epochs]).toEqual([null, 2])
})

test('a preset overrides the settings at the beginning of a run', () => {
  const stored = settingsFor(settings, options({}), null)
  const { model, training, vocabulary } = settingsFor(
    undefined,
    options({ preset: 'small', vocabularySize: 90 }),
    stored,
  )
  expect([model!.dModel, training.steps, vocabulary!.size, training.batchTokens]).toEqual([256, 10_000, 90, 400])
})

test('the preset small has the defaults', () => {
  const withPreset = settingsFor(undefined, options({ tsv: 'pairs.tsv', preset: 'small' }), null)
  expect(withPreset).toEqual(settingsFor(undefined, options({ tsv: 'pairs.tsv' }), null))
})

test('epochs replace steps, and steps replace epochs', () => {
  const inEpochs = settingsFor(settings, options({ epochs: 3 }), null)
  expect(inEpochs.training).toMatchObject({ steps: null, epochs: 3, saveEvery: 5 })
  const inSteps = settingsFor(undefined, options({ steps: 7 }), inEpochs)
  expect(inSteps.training).toMatchObject({ steps: 7, epochs: null, saveEvery: 5 })
})

test('without a file the settings of the run apply, and files are found from every folder', () => {
  const stored = settingsFor(undefined, options({ tsv: 'pairs.tsv', preset: 'tiny' }), null)
  expect(stored.data.train).toMatchObject({ path: join(process.cwd(), 'pairs.tsv') })
  const config = settingsFor(undefined, options({ steps: 9000 }), stored)
  expect(config).toEqual({
    ...stored,
    training: { ...stored.training, steps: 9000 },
  })
})

test('a model to train further is found from every folder, and has no settings of a new one', () => {
  const config = settingsFor(undefined, options({ from: 'a-model', tsv: 'pairs.tsv' }), null)
  expect(config).toMatchObject({ from: join(process.cwd(), 'a-model') })
  expect(settingsFor(undefined, options({}), config)).toEqual(config)
  expect(() => settingsFor(undefined, options({ from: 'a-model', tsv: 'pairs.tsv', preset: 'tiny' }), null)).toThrow(
    expect.objectContaining({
      code: 'ERR_OPTION',
      message:
        '--preset tiny is the size of a new model, and a-model, which is to be trained further, has its own: leave --preset out',
    }),
  )
})

test('a teacher is found from every folder, and a preset makes a student with its vocabulary', () => {
  const config = settingsFor(undefined, options({ teacher: 'large', tsv: 'pairs.tsv', preset: 'tiny' }), null)
  expect(config).toMatchObject({
    model: { dModel: 128 },
    training: { teacher: join(process.cwd(), 'large'), teacherWeight: 0.5, teacherTemperature: 1 },
  })
  expect(config.vocabulary).toBeUndefined()
  expect(settingsFor(undefined, options({}), config)).toEqual(config)
})

test('another corpus replaces the one in the file', () => {
  const { train } = settingsFor(settings, options({ source: '/a', target: '/b' }), null).data
  expect(train).toEqual({ format: 'parallel', source: '/a', target: '/b' })
})

test.each([
  ['{ "training": { "dropout": 2 } }', 'training.dropout must be at least 0 and below 1, not 2'],
  ['{ "training": { "stepz": 2 } }', 'unknown key training.stepz'],
  ['{ "training": ', 'not valid JSON at line 1, column 15'],
  ['[]', 'a JSON object was expected'],
])('a file with %s is ERR_OPTION, which names it', (text, message) => {
  const wrong = join(folder, 'wrong.json')
  writeFileSync(wrong, text)
  expect(() => settingsFor(wrong, options({ tsv: 'pairs.tsv' }), null)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(`${wrong}: ${message}`) }),
  )
})
