import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { readTrainConfig, type TrainConfig } from '#dist/learn/train/settings/config.js'
import { train } from '#dist/learn/train/train.js'
import { backends } from '../../backends.ts'
import { glassformer } from '../../cli/command.ts'
import { newFolder, pairsFile, weightsOf } from './small-run.ts'

const example = fileURLToPath(new URL('../../../examples/papers/multimodel/', import.meta.url))
const options = { threads: 1, precision: 'float32' } as const

/** The tasks of the example over few pairs, and its settings with experts, in small. */
function tasks(): { folder: string; config: (changes?: object) => TrainConfig } {
  const folder = newFolder()
  const table = `${pairsFile(120)}.gz`
  writeFileSync(table, gzipSync(readFileSync(pairsFile(120))))
  const written = spawnSync(process.execPath, [join(example, 'tasks.mjs'), table, table, table, folder])
  expect(written.status, String(written.stderr)).toBe(0)
  const settings = JSON.parse(readFileSync(join(example, 'experts.json'), 'utf8'))
  const config = (changes = {}) =>
    readTrainConfig(
      {
        ...settings,
        data: {
          train: { path: join(folder, 'both.tsv') },
          validation: { path: join(folder, 'valid.tsv') },
          mix: { path: join(folder, 'digits.tsv'), share: 0.2 },
        },
        vocabulary: { ...settings.vocabulary, size: 90 },
        model: { ...settings.model, encoderLayers: 2, decoderLayers: 1, dModel: 32, dFeedForward: 32, maxLength: 80 },
        training: { ...settings.training, steps: 24, warmup: 4, batchTokens: 400, saveEvery: 6, ema: 0, ...changes },
        validation: { every: 12, sentences: 10 },
      },
      'settings of a test',
    )
  return { folder, config }
}

describe('examples/papers/multimodel in short', () => {
  let model: string
  let made: ReturnType<typeof tasks>
  let digits: string[]
  let translator: Translator
  beforeAll(async () => {
    made = tasks()
    digits = readFileSync(join(made.folder, 'digits.test.tsv'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0])
    const result = await train(made.config(), newFolder(), options)
    model = result.model!
    translator = await Translator.load(model, { workers: 1, threads: 1, precision: 'float32' })
  })
  afterAll(() => translator?.close())

  it('goes on to the same bits', async () => {
    const folder = newFolder()
    const controller = new AbortController()
    const listener = { step: ({ step }: { step: number }) => step === 15 && controller.abort() }
    expect(await train(made.config(), folder, { ...options, signal: controller.signal }, listener)).toMatchObject({
      step: 15,
    })
    const resumed = await train(made.config(), folder, options)
    expect(weightsOf(resumed.model!).equals(weightsOf(model))).toBe(true)
  })

  it('has the command tokens among its pieces, and no piece of numbers', () => {
    const vocabulary = JSON.parse(readFileSync(join(model, 'vocab.json'), 'utf8')) as Record<string, number>
    expect(vocabulary).toMatchObject({ '>>en<<': 2, '>>fr<<': 3 })
    expect(Object.keys(vocabulary).filter((piece) => /[\d[\],]/.test(piece))).toEqual([])
  })

  it('translates texts and digits alone and together with the same bits, on every backend', async () => {
    const sources = [digits[0], '>>fr<< one two three four', digits[1], '>>en<< un deux', '>>en<< zéro un deux trois']
    const found = new Set<string>()
    for (const backend of ['js', 'native'] as const) {
      if (backend === 'native' && !backends.some(({ name }) => name.startsWith('native'))) continue
      await using own = await Translator.load(model, { workers: 1, threads: 1, backend, precision: 'float32' })
      const together = await own.translate(sources, { beams: 3 })
      for (const [i, source] of sources.entries()) {
        const alone = await own.translate(source, { beams: 3 })
        expect(alone).toEqual(together[i])
      }
      found.add(together.map(({ text }) => text).join('|'))
    }
    expect(found.size).toBe(1)
  })

  it('takes the command as a language too', async () => {
    const rows = digits[0].replace('>>en<< ', '')
    expect(await translator.translate(rows, { targetLanguage: 'English' })).toEqual(
      await translator.translate(digits[0]),
    )
    await expect(translator.translate(rows, { targetLanguage: 'de' })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  it.each([
    ['[[0.5, 1]]', 'ERR_INPUT', 'row 0 must be a list of 1 numbers, not one of 2'],
    ['[[0.5], 1]', 'ERR_INPUT', 'row 1 must be a list of 1 numbers, not 1'],
    ['[[0.5], []]', 'ERR_INPUT', 'row 1 must be a list of 1 numbers, not one of 0'],
    ['[[0.5], [NaN]]', 'ERR_INPUT', 'it is no JSON, which has no NaN either'],
    ['[[0.5], [1e39]]', 'ERR_INPUT', 'number 0 of row 1 must be a finite number of 32 bits'],
    ['>>fr<< [["a"]]', 'ERR_INPUT', 'number 0 of row 0 must be a finite number of 32 bits, not "a"'],
    ['[[0.5]] and more', 'ERR_INPUT', 'it is no JSON'],
    [`[[0]${', [0]'.repeat(99)}]`, 'ERR_INPUT_TOO_LONG', "is longer than the model's 80"],
  ])('refuses %.20s …', async (source, code, message) => {
    await expect(translator.translate(source)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
    await expect(translator.inspect(source)).rejects.toMatchObject({ code })
    await expect(translator.score([{ source, target: 'one' }])).rejects.toMatchObject({ code })
  })

  it('refuses a training whose rows have another width, before its first step', async () => {
    const config = made.config()
    const wide = { ...config, model: { ...config.model!, rowWidth: 2 } }
    await expect(train(wide, newFolder(), options)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('row 0 must be a list of 2 numbers, not one of 1'),
    })
    const { vocabulary: _, ...student } = { ...config, model: { ...config.model!, rowWidth: undefined } }
    const training = { ...config.training, teacher: model, teacherWeight: 0.5, teacherTemperature: 1 }
    await expect(train({ ...student, training }, newFolder(), options)).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringContaining('it reads rows of 1 numbers and the student no rows of numbers'),
    })
    const augmented = { ...config, data: { ...config.data, augment: readTrainConfig(ROUGH, 'rough').data.augment } }
    await expect(train(augmented, newFolder(), options)).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  it('is told, translated with and inspected on the command line', async () => {
    expect((await glassformer(['info', '--model', model])).stdout).toContain('texts, or rows of 1 real number')
    const translated = await glassformer(['translate', '--model', model, digits[0]])
    expect(translated, translated.stderr).toMatchObject({ code: 0 })
    const page = `${newFolder()}.html`
    const inspected = await glassformer(['inspect', '--model', model, '--export', page, digits[0]])
    expect(inspected, inspected.stderr).toMatchObject({ code: 0 })
    const evaluated = await glassformer(['evaluate', '--model', model, '--test', join(made.folder, 'digits.test.tsv')])
    expect(evaluated, evaluated.stderr).toMatchObject({ code: 0 })
  })

  it('has the numbers of a source in its trace, and shares of its rows that add up', async () => {
    const attribute = { by: ['integrated'], points: 400, steps: 0 } as const
    const trace = await translator.inspect(digits[0], { attribute, tensors: ['encoder.rows.*', 'encoder.embedded'] })
    const numbers = (JSON.parse(digits[0].replace('>>en<< ', '')) as number[][]).flat()
    expect(trace.source.rows).toEqual({ first: 1, width: 1, values: numbers })
    expect(trace.source.tokens.slice(0, 4)).toEqual(['>>en<<', ...numbers.slice(0, 3).map((n) => String(n))])
    expect(trace.tensors['encoder.rows.sum'].shape).toEqual([66, 32])
    const [{ score, integrated }] = trace.attributions!
    const sum = integrated!.source.reduce((a, b) => a + b, 0)
    expect(sum).toBeCloseTo(score - integrated!.baseline.source!, 1)
  })
})

const ROUGH = { data: { train: { path: 'pairs.tsv' }, augment: 'rough' } }
