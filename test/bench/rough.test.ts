import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/use/translate/translator.js'
import {
  comesOutWhole,
  hasLoop,
  type RoughScore,
  roughLines,
  roughSentences,
  scoreRough,
} from '../../bench/harness/rough-lines.ts'
import { roughLines as madeLines } from '../rough/lines.mjs'

const root = join(import.meta.dirname, '../..')
const text = (path: string) => readFileSync(join(root, path), 'utf8').trim().split('\n')

describe('the lines', () => {
  test('are those that the script makes', () => expect(roughLines()).toEqual(madeLines()))

  test('are others for another seed', () => expect(madeLines(35)).not.toEqual(madeLines()))

  test('are 300 and more of each kind', () => {
    const count = (kind: string) => roughLines().filter((line) => line.kind === kind).length
    expect([count('number'), count('name'), count('token')]).toEqual([600, 600, 300])
    expect(roughSentences().length).toBe(900)
  })

  test('come from other templates than the training data', () => {
    const bare = (line: string) =>
      line
        .split('\t')[0]
        .replace(/\{\w+\}|[^\p{L}]+/gu, ' ')
        .trim()
    const trained = new Set(text('examples/tatoeba/extra/templates.txt').map(bare))
    const ours = ['number', 'name', 'token'].flatMap((kind) => text(`test/rough/${kind}-templates.txt`))
    expect(ours.map(bare).filter((line) => line.includes(' ') && trained.has(line))).toEqual([])
  })
})

describe('the counts of faults', () => {
  test.each([
    ['number', ['12'], 'I have 12.', true],
    ['number', ['12'], 'I have 123.', false],
    ['name', ['Le Goff', 'Nice'], "Le Goff's in Nice", true],
    ['name', ['Nice'], 'Nicely', false],
    ['token', ['<b>', '</b>'], '<b>here</b>', true],
    ['token', ['<b>', '</b>'], '</b>here<b>', false],
    ['token', ['%s', '%s'], 'Page %s', false],
  ] as const)('a %s: %j in "%s"', (kind, whole, translation, expected) =>
    expect(comesOutWhole(kind, whole, translation)).toBe(expected),
  )

  test.each([
    ['BNNNAIIIIIII', true],
    ['rebelieving rebelieving rebelieving rebelieving', true],
    ['hahahaha', true],
    ['of the of the of the of the', true],
    ['1000000 …… ----', false],
    ['No, no, no, no.', false],
    ['very very very good', false],
  ])('a loop in "%s"', (line, expected) => expect(hasLoop(line)).toBe(expected))
})

describe('the embedded model', () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load()
  })
  afterAll(() => translator.close())

  test('is measured', async () => {
    const translate = async (lines: readonly string[]) =>
      (await translator.translate(lines, { beams: 1 })).map((each) => each.text)
    const some = <T>(values: readonly T[], every: number) => values.filter((_, i) => i % every === 0)
    const scores: RoughScore[] = []
    for await (const score of scoreRough(translate, some(roughSentences(), 30), some(roughLines(), 50)))
      scores.push(score)
    expect(scores.map(({ of }) => of)).toEqual([undefined, undefined, undefined, 12, 12, 6, 150 - 20])
    const [threes, , typed] = scores
    expect(threes.value).toBeGreaterThan(0.9)
    expect(typed.value).toBeGreaterThan(0.7)
  })
})
