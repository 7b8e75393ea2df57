import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GenerationOptions } from '#dist/engine/decode/settings/options.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder, readFolder } from '#dist/files/folders/load.js'
import { readTrainConfig, type TrainConfig } from '#dist/learn/train/settings/config.js'
import type { ValidationReport } from '#dist/learn/train/step/validation.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { Translator } from '#dist/use/translate/translator.js'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const

/** Settings that train the model of a folder further, with the pairs of `smallConfig`. */
function furtherConfig(from: string, training: object = {}): TrainConfig {
  const data = { train: { path: pairsFile() }, heldOut: 20 }
  const settings = { steps: 8, batchTokens: 300, learningRate: 0.01, saveEvery: 3, ...training }
  return readTrainConfig({ from, data, training: settings, validation: { every: 1, sentences: 2 } }, 'a test')
}

/** Trains until the step is `at`. */
function trainTo(at: number, config: TrainConfig, folder: string) {
  const controller = new AbortController()
  const step = (report: { step: number }) => report.step === at && controller.abort()
  return train(config, folder, { ...js, signal: controller.signal }, { step })
}

// Marian's layout, and our own.
describe.each(['post', 'pre'])('training a %s-norm model further', (norm) => {
  const model = { dModel: 16, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 32, maxLength: 40, norm }
  let first: TrainResult
  beforeAll(async () => {
    first = await train(smallConfig({ model, training: { steps: 30 } }), newFolder(), js)
  })

  it('begins at the validation loss of the model, learns from there, and keeps the tokenizer', async () => {
    const stand = furtherConfig(first.model!, { steps: 1, learningRate: 1e-30 })
    const reports: ValidationReport[] = []
    const preparing: string[] = []
    const listener = {
      preparing: (what: string) => preparing.push(what),
      validation: (report: ValidationReport) => reports.push(report),
    }
    const still = await train(stand, newFolder(), js, listener)
    expect(reports[0].loss).toBe(first.scores!.loss)
    expect(preparing).toEqual(['pairs'])
    expect(weightsOf(still.model!).equals(weightsOf(first.model!))).toBe(true)

    const further = await train(furtherConfig(first.model!), newFolder(), js)
    expect(further.scores!.loss).toBeLessThan(first.scores!.loss)
    for (const file of ['source.spm', 'target.spm', 'vocab.json', 'tokenizer_config.json'])
      expect(readFileSync(join(further.model!, file)).equals(readFileSync(join(first.model!, file))), file).toBe(true)
    const [before, after] = [first, further].map(({ model }) => loadFolder(model!))
    expect(after.config).toEqual(before.config)
    expect(after.generation).toEqual(before.generation)
    expect([before.trainedOn, after.trainedOn]).toEqual(['sentences', 'sentences'])
    const translator = await Translator.load(further.model!, { backend: 'js' })
    expect((await translator.translate('un deux trois quatre')).text).toMatch(/[a-z]/)
    await translator.close()
  })

  it('records its training units: those of its settings, else those of the folder', async () => {
    const folder = newFolder()
    const [{ weights }, { tokenizer }] = [loadFolder(first.model!), readFolder(first.model!)]
    writeGlassformerFolder(folder, { weights, tokenizer, dtype: 'float32', trainedOn: 'texts' })
    const trainedOnOf = async (unit?: 'texts' | 'sentences') => {
      const config = furtherConfig(folder, { steps: 1 })
      const { model } = await train({ ...config, data: { ...config.data, unit } }, newFolder(), js)
      return loadFolder(model!).trainedOn
    }
    expect(await trainedOnOf()).toBe('texts')
    expect(await trainedOnOf('sentences')).toBe('sentences')
  })

  it("keeps the folder's translation settings, also those that generate() of transformers does not have", async () => {
    const chosen: Partial<GenerationOptions>[] = [
      { lengthPenaltyForm: 'gnmt', lengthPenalty: 0.6 },
      { noRepeatNgram: 3, minTokens: 2 },
    ]
    for (const settings of chosen) {
      const folder = newFolder()
      const [{ weights }, { tokenizer, generation }] = [loadFolder(first.model!), readFolder(first.model!)]
      writeGlassformerFolder(folder, {
        weights,
        tokenizer,
        generation: { ...generation, ...settings },
        dtype: 'float32',
      })
      const { model } = await train(furtherConfig(folder, { steps: 1 }), newFolder(), js)
      expect(loadFolder(model!).generation).toEqual(loadFolder(folder).generation)
      expect(loadFolder(model!).generation).toMatchObject(settings)
    }
  })

  it('begins with the dequantized weights of an int8 folder', async () => {
    const [quantized, floats] = [newFolder(), newFolder()]
    convertFolder(first.model!, quantized, 'int8')
    convertFolder(quantized, floats, 'float32')
    const ended = async (from: string) =>
      (await train(furtherConfig(from, { weights: 'float32' }), newFolder(), js)).model!
    expect(weightsOf(await ended(quantized)).equals(weightsOf(await ended(floats)))).toBe(true)
  })

  it('ends with the same bits when it is interrupted, and does not need the folder any more', async () => {
    const from = join(newFolder(), 'model')
    cpSync(first.model!, from, { recursive: true })
    const config = furtherConfig(from)
    const whole = await train(config, newFolder(), js)
    const folder = newFolder()
    const stopped = AbortSignal.abort()
    expect(await train(config, folder, { ...js, signal: stopped })).toMatchObject({ ended: 'stopped', step: 0 })
    rmSync(from, { recursive: true })
    expect(await trainTo(2, config, folder)).toMatchObject({ ended: 'stopped', step: 2 })
    mkdirSync(from)
    const ended = await train(config, folder, js)
    expect(weightsOf(ended.model!).equals(weightsOf(whole.model!))).toBe(true)
    expect(ended.scores).toEqual(whole.scores)
  })
})

describe('training a model further', () => {
  it('refuses a shape or a vocabulary beside it, each by its name', () => {
    const data = { train: { path: pairsFile() } }
    const read = (more: object) => () => readTrainConfig({ data, from: 'a-model', ...more }, 'run.json')
    expect(read({ vocabulary: { size: 60 }, model: { heads: 2, dModel: 16 } })).toThrow(
      expect.objectContaining({
        code: 'ERR_OPTION',
        message: expect.stringContaining('remove vocabulary.size, model.heads, model.dModel, or from'),
      }),
    )
    expect(read({ vocabulary: {}, model: {} })()).toMatchObject({ from: 'a-model' })
    expect(read({ training: { schedule: 'noam' } })).toThrow(/training.learningRate is missing/)
    expect(read({ training: { schedule: 'noam', learningRate: 1e-3 } })().training.learningRate).toBe(1e-3)
  })

  it('reports what a folder without a model or a tokenizer lacks, before the corpus is read', async () => {
    const preparing: string[] = []
    const listener = { preparing: (what: string) => preparing.push(what) }
    const none = furtherConfig(newFolder())
    await expect(train(none, newFolder(), js, listener)).rejects.toMatchObject({ code: 'ERR_FILE' })
    const ids = fileURLToPath(new URL('../../golden/hub/marian-f16/model', import.meta.url))
    await expect(train(furtherConfig(ids), newFolder(), js, listener)).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
      message: expect.stringContaining('without tokenizer files'),
    })
    expect(preparing).toEqual([])
  })

  it('resumes if the folder is named by its absolute path, as the command does', async () => {
    const { model } = await train(smallConfig({ training: { steps: 1 } }), newFolder(), js)
    const folder = newFolder()
    await trainTo(1, furtherConfig(relative('', model!), { steps: 2 }), folder)
    expect(await train(furtherConfig(model!, { steps: 2 }), folder, js)).toMatchObject({ ended: 'done', step: 2 })
  })

  it('accepts a corrected path of pairs after a mistyped one', async () => {
    const { model: from } = await train(smallConfig({ training: { steps: 1 } }), newFolder(), js)
    const folder = newFolder()
    const read = (path: string) =>
      readTrainConfig(
        { from, data: { train: { path } }, training: { steps: 1, batchTokens: 300 } },
        'settings of a test',
      )
    await expect(train(read(newFolder()), folder, js)).rejects.toMatchObject({ code: 'ERR_FILE' })
    expect(await train(read(pairsFile()), folder, js)).toMatchObject({ ended: 'done', step: 1 })
  })

  it('is a different training from one of another model, or of a new one', async () => {
    const first = await train(smallConfig({ training: { steps: 1 } }), newFolder(), js)
    const folder = newFolder()
    await trainTo(1, furtherConfig(first.model!), folder)
    await expect(train(furtherConfig('another'), folder, js)).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/^from was ".*" and is ".*another"/),
    })
    await expect(train(smallConfig(), folder, js)).rejects.toThrow(/from was ".*" and is not set/)
  })
})
