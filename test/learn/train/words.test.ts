import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readTrainConfig, type TrainConfig } from '#dist/learn/train/settings/config.js'
import type { ValidationReport } from '#dist/learn/train/step/validation.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { Translator } from '#dist/use/translate/translator.js'
import { english, french } from '../../../examples/number-words/numbers.mjs'
import { glassformer } from '../../cli/command.ts'
import { newFolder, weightsOf } from './small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const
const segmented = (text: string) => text.replaceAll('-', '@@ -')

/** Number words below 100, cut into parts: "vingt@@ -deux". */
function segmentedFile(): string {
  const path = `${newFolder()}.tsv`
  const line = (n: number) => `${segmented(french(n))}\t${segmented(english(n))}\n`
  writeFileSync(path, Array.from({ length: 100 }, (_, n) => line(n)).join(''))
  return path
}

function config(vocabulary: object, training: object = {}): TrainConfig {
  const path = segmentedFile()
  const settings = {
    data: { train: { path }, validation: { path } },
    vocabulary: { type: 'words', ...vocabulary },
    model: { dModel: 32, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 64, maxLength: 20 },
    training: { steps: 4, batchTokens: 200, warmup: 10, learningRate: 0.01, labelSmoothing: 0, ...training },
    validation: { every: 100, sentences: 100 },
  }
  return readTrainConfig(settings, 'a test')
}

const wordsIn = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')

/** The tokenizer of a model folder. */
const tokenizerOf = (model: string) => JSON.parse(readFileSync(join(model, 'config.json'), 'utf8')).tokenizer

describe('a vocabulary of words with a joiner', () => {
  const settings = { sharing: 'separate', joiner: '@@', size: 100, sourceLanguage: 'fr' }
  const validations: ValidationReport[] = []
  let result: TrainResult
  beforeAll(async () => {
    const listener = { validation: (report: ValidationReport) => validations.push(report) }
    result = await train(config(settings, { steps: 400, schedule: 'cosine' }), newFolder(), js, listener)
  })

  it('makes a translator that takes segmented text and outputs whole words', async () => {
    await using translator = await Translator.load(result.model!, { backend: 'js' })
    const translate = async (text: string) => (await translator.translate(text)).text
    expect(await translate('vingt@@ -deux')).toBe('twenty-two')
    expect(await translate('  quatre@@ -vingt@@ -dix@@  -sept ')).toBe('  ninety-seven ')
    expect(await translate('douze')).toBe('twelve')
    let streamed = ''
    for await (const piece of translator.stream('vingt@@ -deux')) streamed += piece.text
    expect(streamed).toBe('twenty-two')
  })

  it('is measured, and shown, as whole words', () => {
    expect(result.scores!.chrf).toBeGreaterThan(95)
    const { samples } = validations[0]
    expect(samples[0]).toMatchObject({ source: 'zéro', reference: 'zero' })
    expect(result.scores!.samples.map(({ reference }) => reference).join()).not.toContain('@@')
  })

  it('is measured by commands as whole words too, against segmented references', async () => {
    const { stdout } = await glassformer(['evaluate', '--model', result.model!, '--test', segmentedFile(), '--json'])
    const { chrf } = JSON.parse(stdout)
    expect(chrf.score).toBeGreaterThan(95)
    const args = [
      'quantize',
      result.model!,
      '--to',
      'bfloat16',
      '-o',
      newFolder(),
      '--test',
      segmentedFile(),
      '--tokenize',
      'char',
    ]
    const { tests } = JSON.parse((await glassformer([...args, '--json'])).stdout)
    expect(tests[0].before).toBeGreaterThan(90)
  })

  it('is written in our own layout, with a list for each side and the joiner', () => {
    const entry = { kind: 'words', source: 'source.txt', target: 'target.txt', joiner: '@@' }
    expect(tokenizerOf(result.model!)).toEqual(entry)
    const [source, target] = [wordsIn(result.model!, 'source.txt'), wordsIn(result.model!, 'target.txt')]
    expect(source.slice(0, 2)).toEqual(['</s>', '<unk>'])
    expect(source.at(-1)).toBe('<pad>')
    expect(source).toContain('vingt@@')
    expect(target).toContain('twenty@@')
    expect(target).not.toContain('vingt@@')
  })

  it('is kept when the model is trained further', async () => {
    const { data } = config(settings)
    const training = { steps: 1, learningRate: 1e-30, labelSmoothing: 0 }
    const further = readTrainConfig({ from: result.model!, data: { ...data }, training }, 'a test')
    const { model, scores } = await train(further, newFolder(), js)
    expect(scores).toEqual(result.scores)
    expect(tokenizerOf(model!)).toMatchObject({ joiner: '@@' })
  })
})

describe('a vocabulary of words', () => {
  it('has the most frequent words of both sides in one list, up to its size', async () => {
    const { model } = await train(config({ size: 9 }), newFolder(), js)
    expect(tokenizerOf(model!)).toEqual({ kind: 'words', source: 'source.txt' })
    const expected = ['</s>', '<unk>', 'quatre@@', '-vingt@@', 'soixante@@', '-six', '-huit', '-neuf', '<pad>']
    expect(wordsIn(model!, 'source.txt')).toEqual(expected)
  })

  it('is read again by a resumed run, which ends with the same bits', async () => {
    const settings = config({ sharing: 'separate', joiner: '@@' }, { steps: 6 })
    const whole = await train(settings, newFolder(), js)
    const folder = newFolder()
    const controller = new AbortController()
    const step = (report: { step: number }) => report.step === 3 && controller.abort()
    await train(settings, folder, { ...js, signal: controller.signal }, { step })
    const preparing: string[] = []
    const rest = await train(settings, folder, js, { preparing: (what) => preparing.push(what) })
    expect(preparing).not.toContain('vocabulary')
    expect(weightsOf(rest.model!).equals(weightsOf(whole.model!))).toBe(true)
  })

  it.each([
    [{ type: 'bpe', joiner: '@@' }, /vocabulary.type must be 'words' where there is a joiner, not "bpe"/],
    [{ joiner: '@@ ' }, /vocabulary.joiner must be a text without white space, not "@@ "/],
    [{ type: 'letters' }, /vocabulary.type must be one of unigram, bpe, words/],
  ])('refuses %j', (vocabulary, message) => {
    expect(() => config(vocabulary)).toThrow(message)
  })
})
