import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { loadFolder } from '#dist/files/folders/load.js'
import type { KeptReport } from '#dist/learn/train/forgetting.js'
import { CleanPairs } from '#dist/learn/train/pairs/cleaning.js'
import { RunReport } from '#dist/learn/train/report/run-report.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { type TrainResult, type TrainStart, train } from '#dist/learn/train/train.js'
import { roughSentences } from '../../../bench/harness/rough-lines.ts'
import { newFolder } from './small-run.ts'

/** A file of pairs of the test's Tatoeba sentences, of which the second file has others than the first. */
function pairsOf(name: string, from: number, to: number, swapped = false): string {
  const folder = newFolder()
  mkdirSync(folder, { recursive: true })
  const lines = roughSentences()
    .slice(from, to)
    .map(({ source, references: [target] }) => (swapped ? `${target}\t${source}` : `${source}\t${target}`))
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  return join(folder, name)
}

const settings = (data: object, training: object = {}, sentences = 12) =>
  readTrainConfig(
    {
      from: 'fr-en',
      data: { heldOut: 10, ...data } as never,
      training: { steps: 2, batchTokens: 200, learningRate: 1e-5, saveEvery: 2, ...training },
      validation: { every: 2, sentences },
    },
    'a test',
  )

let kept: KeptReport[] = []
let start: TrainStart
let result: TrainResult
const folder = newFolder()

beforeAll(async () => {
  const data = {
    train: { path: pairsOf('field.tsv', 0, 120) },
    mix: { path: pairsOf('general.tsv', 200, 400), share: 0.5 },
  }
  const report = new RunReport(folder)
  result = await train(
    settings(data),
    folder,
    {},
    {
      started: (now) => {
        start = now
        report.started(now)
      },
      kept: (each) => {
        kept = [...kept, each]
        report.kept(each)
      },
    },
  )
  report.ended(result)
}, 120_000)

it('measures before the first step and after the last what the model could, and the report shows both', () => {
  expect(kept.map(({ step }) => step)).toEqual([0, 2])
  for (const { everyday, rough, amounts } of kept) {
    expect(everyday).toBeGreaterThan(40)
    expect(rough!.joined).toBeGreaterThan(0.8)
    expect(rough!.lower).toBeGreaterThan(0.8)
    expect(amounts.of).toBe(40)
    expect(amounts.right).toBeGreaterThan(15)
  }
  const html = readFileSync(join(folder, 'report.html'), 'utf8')
  expect(html).toContain('What the model could before')
  expect(html).toContain(`${kept[0].amounts.right} of 40`)
})

it('the everyday sentences are not among those that are mixed in', () => {
  expect(start.mixed!.of).toBe(200 - 12)
})

it('the model is stored in int8 with its confidence, as the start model is, and says that it read rougher pairs', () => {
  expect(start.isAugmented).toBe(true)
  const { storedAs, confidence, trainedOn, augmented } = loadFolder(result.model!)
  expect({ storedAs, trainedOn, augmented }).toEqual({ storedAs: 'int8', trainedOn: 'sentences', augmented: true })
  const own = JSON.parse(readFileSync(confidence!, 'utf8'))
  const first = JSON.parse(readFileSync(loadFolder('models/fr-en').confidence!, 'utf8'))
  expect(own.coefficients).toEqual(first.coefficients)
  expect(existsSync(`${result.model}-float32`)).toBe(false)
})

it('an interrupted training still knows how the start model is stored, unless it is told otherwise', async () => {
  const data = { train: { path: pairsOf('field.tsv', 0, 120) }, augment: 'none' }
  const other = newFolder()
  const controller = new AbortController()
  await train(settings(data, {}, 0), other, { signal: controller.signal }, { step: () => controller.abort() })
  const { model } = await train(settings(data, {}, 0), other)
  expect(loadFolder(model!)).toMatchObject({ storedAs: 'int8', augmented: false })
  const longer = await train(settings(data, { steps: 3, weights: 'float16' }, 0), other)
  expect(loadFolder(longer.model!).storedAs).toBe('float16')
}, 120_000)

it('warns about a file whose sides are swapped', async () => {
  const isSwapped = async (swapped: boolean) => {
    let seen: boolean | undefined
    const data = { train: { path: pairsOf('pairs.tsv', 0, 60, swapped) }, heldOut: 0, augment: 'none' }
    await train(settings(data, { steps: 1 }, 0), newFolder(), {}, { started: (now) => (seen = now.isSwapped) })
    return seen
  }
  expect([await isSwapped(false), await isSwapped(true)]).toEqual([false, true])
}, 120_000)

it('counts the pairs whose two sides are equal', async () => {
  async function* pairs() {
    yield { source: 'Paris', target: 'Paris' }
    yield { source: 'OK', target: 'OK ' }
    yield { source: 'un', target: 'one' }
  }
  const clean = new CleanPairs({ [Symbol.asyncIterator]: pairs })
  for await (const _ of clean);
  expect(clean.report).toMatchObject({ kept: 3, equal: 2 })
})
