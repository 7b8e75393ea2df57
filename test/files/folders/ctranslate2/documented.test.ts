import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import { glassformer } from '../../../cli/command.ts'
import { golden, type Hypothesis } from './expected.ts'

const model = join(golden, 'models', 'onmt-float16')
const answers: {
  sources: string[][]
  frequent: string
  prefixes: string[][]
  cases: Record<string, Hypothesis[]>
  /** For each source, a row for each target token: the weights of its source tokens. */
  attention: number[][][]
  vmap: string
} = JSON.parse(readFileSync(join(golden, 'options.json'), 'utf8'))
const { sources, cases } = answers

const scratch = mkdtempSync(join(tmpdir(), 'documented-'))
let translator: Translator
let frequent: number
beforeAll(async () => {
  translator = await Translator.load(model, { precision: 'float32', workers: 1 })
  const vocabulary = await translator.vocabulary()
  ;[frequent] = vocabulary.targetIds([answers.frequent])
})
afterAll(async () => {
  await translator.close()
  rmSync(scratch, { recursive: true })
})

describe('rows of docs/from-ctranslate2.md: options do what CTranslate2 has translated', () => {
  test('defaults are two beams, penalty 1 and at most 256 tokens', async () => {
    const { beams, lengthPenalty, maxTokens } = translator.model.defaults
    expect({ beams, lengthPenalty, maxTokens }).toEqual({ beams: 2, lengthPenalty: 1, maxTokens: 256 })
  })

  test.each([
    ['default', () => ({})],
    ['min', () => ({ beams: 1, minTokens: 5 })],
    ['ngram', () => ({ beams: 1, noRepeatNgram: 2 })],
    ['penalty', () => ({ beams: 1, repetitionPenalty: 1.5 })],
    ['suppress', () => ({ beams: 4, suppress: [frequent] })],
    ['suppressSequences', () => ({ beams: 4, suppressSequences: [[frequent, frequent]] })],
    ['prefixes', () => ({ beams: 1, targetPrefix: answers.prefixes })],
  ])('%s', async (name, options) => {
    const found = await translator.translateTokens(sources, { maxTokens: 12, ...options() })
    expect(found.map(({ tokens }) => tokens)).toEqual(cases[name].map(({ tokens }) => tokens))
    // Random weights make much of rounding: goldens.test.ts says how much.
    found.forEach(({ score }, i) => expect(Math.abs(score - cases[name][i].score)).toBeLessThan(6e-3))
  })

  test('return_attention: the weights of the head that aligns', async () => {
    const vocabulary = await translator.vocabulary()
    const options = { beams: 1, maxTokens: 12, alignment: true, attention: true }
    const found = await translator.translate(
      sources.map((tokens) => vocabulary.sourceIds(tokens)),
      options,
    )
    expect(found[0].attention).toBeDefined()
    const { layer, head } = translator.model.config.alignment!
    const trace = await translator.inspect(vocabulary.sourceIds(sources[0]), {
      target: found[0].ids,
      tensors: [`decoder.${layer}.crossAttention.weights`],
    })
    const [{ values, shape }] = Object.values(trace.tensors)
    const [heads, rows, columns] = shape
    expect(heads).toBe(translator.model.config.decoder.heads)
    answers.attention[0].forEach((row, t) => {
      row.forEach((weight, s) => {
        expect(Math.abs(values[(head * rows + t) * columns + s] - weight)).toBeLessThan(5e-3)
      })
    })
  })

  test('use_vmap: a vmap.txt is a shortlist', async () => {
    const folder = join(scratch, 'vmap')
    cpSync(model, folder, { recursive: true })
    writeFileSync(join(folder, 'vmap.txt'), answers.vmap)
    await using mapped = await Translator.load(folder, { precision: 'float32', workers: 1 })
    expect(mapped.model.hasShortlist).toBe(true)
    for (const [i, source] of sources.entries()) {
      const { tokens, score } = await mapped.translateTokens(source, { maxTokens: 12, shortlist: true })
      expect(tokens).toEqual(cases.vmap[i].tokens)
      expect(Math.abs(score - cases.vmap[i].score)).toBeLessThan(3e-3)
    }
  })

  test('compute_type: each precision is held as it says', async () => {
    for (const precision of ['int8', 'bfloat16', 'float32'] as const) {
      await using other = await Translator.load(model, { precision, workers: 1 })
      expect(other.model.precision).toBe(precision)
      expect((await other.translateTokens(sources[0], { maxTokens: 4 })).tokens).not.toEqual([])
    }
  })

  test('a source that is too long is an error', async () => {
    const long = Array.from({ length: 1025 }, () => sources[0][0])
    await expect(translator.translateTokens(long)).rejects.toMatchObject({ code: 'ERR_INPUT_TOO_LONG' })
  })

  test('its commands run', async () => {
    const tokens = await glassformer([
      'translate',
      '--model',
      model,
      '--tokens',
      '--max-tokens',
      '12',
      sources[1].join(' '),
    ])
    expect(tokens).toEqual({ code: 0, stdout: `${cases.default[1].tokens.join(' ')}\n`, stderr: '' })
    const info = await glassformer(['info', '--model', model])
    expect(info.stdout).toContain('CTranslate2, version 6, TransformerSpec 7, float16')
    const own = join(scratch, 'own')
    expect(await glassformer(['convert', model, '--to', 'glassformer', '--output', own])).toMatchObject({ code: 0 })
    const again = await glassformer([
      'translate',
      '--model',
      own,
      '--tokens',
      '--max-tokens',
      '12',
      sources[1].join(' '),
    ])
    expect(again.stdout).toBe(tokens.stdout)
  })
})
