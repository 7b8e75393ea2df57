import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTrainConfig, type TrainConfig } from '#dist/learn/train/settings/config.js'
import { type TrainStart, train } from '#dist/learn/train/train.js'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const js = { backend: 'js' } as const

/** Trains until the step is `at`. */
function trainTo(at: number, config: TrainConfig, folder: string) {
  const controller = new AbortController()
  const listener = { step: ({ step }: { step: number }) => step === at && controller.abort() }
  return train(config, folder, { ...js, signal: controller.signal }, listener)
}

const config = (training = {}) => {
  const { from: _, ...settings } = smallConfig({ training: { steps: 12, ...training } })
  const mix = { path: pairsFile(301), share: 0.4 }
  return readTrainConfig({ ...settings, data: { ...settings.data, mix } }, 'settings of a test')
}

test('a training with pairs that are mixed in ends with the same bits when it is interrupted in its second epoch', async () => {
  let start: TrainStart | undefined
  const whole = await train(config(), newFolder(), js, { started: (now) => (start = now) })
  expect(start!.mixed).toMatchObject({ each: Math.round((280 * 0.4) / 0.6) })
  const folder = newFolder()
  expect(await trainTo(9, config(), folder)).toMatchObject({ ended: 'stopped', step: 9 })
  const resumed = await train(config(), folder, js)
  expect(weightsOf(resumed.model!).equals(weightsOf(whole.model!))).toBe(true)
})

test('such a training recognizes its pairs, and refuses another share', async () => {
  const folder = newFolder()
  await trainTo(2, config(), folder)
  const settings = config()
  const other = join(newFolder(), '..', 'other.tsv')
  writeFileSync(other, 'autre\tother\n')
  const changed = (mix: object) => ({ ...settings, data: { ...settings.data, mix: { ...settings.data.mix!, ...mix } } })
  await expect(train(changed({ share: 0.5 }), folder, js)).rejects.toMatchObject({
    code: 'ERR_OPTION',
    message: expect.stringContaining('data.mix.share was 0.4 and is 0.5'),
  })
  await expect(train(changed({ path: other }), folder, js)).rejects.toMatchObject({
    code: 'ERR_INPUT',
    message: expect.stringContaining('the pairs of data.mix are not those'),
  })
})

test('settings of a mixture are checked', () => {
  const read =
    (mix: unknown, train: object = { path: 'a.tsv' }) =>
    () =>
      readTrainConfig({ data: { train, mix } } as never, 'settings')
  expect(read({ path: 'b.tsv' })().data.mix).toEqual({
    format: 'tsv',
    path: 'b.tsv',
    sourceColumn: 0,
    targetColumn: 1,
    share: 0.5,
  })
  expect(read(null)().data.mix).toBe(null)
  expect(read({ path: 'b.tsv', share: 1 })).toThrow(/data.mix.share must be above 0 and at most 0.9/)
  expect(read({ format: 'text', path: 'b.txt' })).toThrow(/data.mix.format must be one of pairs/)
  expect(read({ path: 'b.tsv' }, { format: 'text', path: 'a.txt' })).toThrow(/data.mix must be left out/)
  expect(read('b.tsv')).toThrow(/data.mix/)
  expect(read({ format: 'tmx', path: 'b.tmx' })).toThrow(/data.mix.sourceLanguage is missing/)
})
