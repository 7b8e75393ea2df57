import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { english, french } from '../../../examples/number-words/numbers.mjs'
import { ended, glassformer, start } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-distill-'))
afterAll(() => rmSync(folder, { recursive: true }))
const output = (name: string) => join(folder, name)

function file(name: string, content: string): string {
  writeFileSync(output(name), content)
  return output(name)
}
const pairs = file('pairs.tsv', Array.from({ length: 300 }, (_, n) => `${french(n)}\t${english(n)}\n`).join(''))
const teacher = file(
  'teacher.json',
  JSON.stringify({
    data: { train: { path: pairs }, heldOut: 0 },
    vocabulary: { size: 80, sourceLanguage: 'fr', targetLanguage: 'en' },
    model: { dModel: 32, encoderLayers: 1, decoderLayers: 1, heads: 2, dFeedForward: 64 },
    training: { steps: 200, batchTokens: 600, learningRate: 0.01 },
  }),
)
const small = [
  '--threads',
  '1',
  '--preset',
  'tiny',
  '--vocabulary-size',
  '80',
  '--steps',
  '12',
  '--batch-tokens',
  '500',
  '--save-every',
  '3',
]
const distilling = (name: string, ...more: string[]) => [
  'distill',
  '--teacher',
  output('teacher/model'),
  '--pairs',
  pairs,
  ...small,
  '--output',
  output(name),
  ...more,
]
const studentOf = (name: string) =>
  ['model.safetensors', 'shortlist.safetensors', 'source.spm'].map((part) =>
    readFileSync(output(`${name}/model/${part}`)),
  )
const lines = (path: string) => readFileSync(output(path), 'utf8').trimEnd().split('\n')

describe('glassformer distill', { shuffle: false }, () => {
  test('makes a student in int8 with a shortlist, and figures of both', async () => {
    expect(await glassformer(['train', teacher, '--threads', '1', '--output', output('teacher')])).toMatchObject({
      code: 0,
    })
    const { code, stdout, stderr } = await glassformer(distilling('whole'))
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('300 pairs, 300 of them kept, 30 to measure with')
    const rows = stdout
      .split('\n')
      .slice(0, 5)
      .map((row) => row.trim().split(/ {2,}/))
    expect(rows[0]).toEqual(['BLEU', 'chrF', 'sentences/s', 'size'])
    expect(rows.slice(1).map(([name]) => name)).toEqual([
      'teacher, 4 beams',
      'teacher, 1 beam',
      'student in int8, 4 beams',
      'student in int8, 1 beam, shortlist',
    ])
    const { figures } = JSON.parse(readFileSync(output('whole/figures.json'), 'utf8'))
    expect(figures[0].bleu).toBeGreaterThan(50)
    expect(JSON.parse(readFileSync(output('whole/model/config.json'), 'utf8'))).toMatchObject({ d_model: 128 })
    const translate = ['translate', '--model', output('whole/model'), '--shortlist', 'trois']
    expect(await glassformer(translate)).toMatchObject({ code: 0 })
  })

  test('lets the teacher translate each source but those held out, and takes the nearest of the beams', () => {
    const [translated, heldOut] = [lines('whole/translated.tsv'), lines('whole/held-out.tsv')]
    expect([translated.length, heldOut.length]).toEqual([270, 30])
    const own = new Set(translated.map((line) => line.split('\t')[0]))
    expect(heldOut.some((line) => own.has(line.split('\t')[0]))).toBe(false)
  })

  test('prints the figures again when it has ended', async () => {
    const before = statSync(output('whole/model/model.safetensors')).mtimeMs
    const { code, stdout } = await glassformer(distilling('whole', '--json'))
    expect(code).toBe(0)
    expect(JSON.parse(stdout).figures).toHaveLength(4)
    expect(statSync(output('whole/model/model.safetensors')).mtimeMs).toBe(before)
  })

  test('killed at any moment, goes on to the same bits', async () => {
    const moments: (() => boolean)[] = [
      () => existsSync(output('killed/translated.tsv.part')),
      () => existsSync(output('killed/training/vocabulary')),
      () => existsSync(output('killed/training/checkpoints')),
      () => existsSync(output('killed/training/model')),
    ]
    for (const hasCome of moments) {
      const child = start(distilling('killed'))
      const end = ended(child)
      while (child.exitCode === null && child.signalCode === null && !hasCome()) await wait(1)
      child.kill('SIGKILL')
      await end
    }
    const { code, stderr } = await glassformer(distilling('killed'))
    expect(code, stderr).toBe(0)
    expect(readFileSync(output('killed/translated.tsv'))).toEqual(readFileSync(output('whole/translated.tsv')))
    expect(studentOf('killed').every((bytes, i) => bytes.equals(studentOf('whole')[i]))).toBe(true)
  })

  test('learns from references too with --targets both, and refuses to change that later', async () => {
    const both = ['--targets', 'both', '--held-out', '0']
    expect(await glassformer(distilling('both', ...both))).toMatchObject({ code: 0 })
    const translated = lines('both/translated.tsv')
    expect(translated).toHaveLength(600)
    expect(translated.filter((_, i) => i % 2 === 0)).toEqual(lines('pairs.tsv'))
    const { code, stderr } = await glassformer(distilling('both', '--targets', 'best', '--held-out', '0'))
    expect([code, stderr]).toEqual([1, expect.stringContaining('was begun with targets both, not best')])
  })

  test('says what is missing or wrong', async () => {
    const refused = async (...args: string[]) => (await glassformer(args)).stderr
    expect(await refused('distill', '--pairs', pairs, '--output', output('no'))).toContain('--teacher')
    expect(
      await refused('distill', '--teacher', output('nowhere'), '--pairs', pairs, '--output', output('no')),
    ).toContain('ERR_FILE')
    expect(await refused(...distilling('other', '--targets', 'worst'))).toContain('best, nearest, both')
    expect(await refused(...distilling('other', '--epochs', '3'))).toContain('give --steps or --epochs: not both')
  })
})
