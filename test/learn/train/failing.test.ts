import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readMetrics, type SessionLine } from '#dist/learn/train/report/metrics.js'
import { RunReport } from '#dist/learn/train/report/run-report.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { type TrainResult, type TrainStart, train } from '#dist/learn/train/train.js'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const
const shape = { dModel: 16, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 32, maxLength: 40 }

function fileOf(text: string): string {
  const path = `${newFolder()}.tsv`
  writeFileSync(path, text)
  return path
}

describe('a training that fails before its first step leaves no folder', () => {
  it.each([
    ['there are no pairs', { data: { train: { path: 'missing.tsv' } } }],
    ['no line has a pair', { data: { train: { path: fileOf('no pair\n') } } }],
    ['there is no model to go on from', { from: newFolder(), data: { train: { path: pairsFile() } } }],
    ['there is no teacher', { data: { train: { path: pairsFile() } }, training: { teacher: newFolder() } }],
    [
      'the pairs to measure with are too long',
      {
        data: {
          train: { path: pairsFile() },
          validation: { path: fileOf(`${'un '.repeat(90)}\t${'one '.repeat(90)}\n`) },
        },
        vocabulary: { size: 60 },
        model: shape,
      },
    ],
  ])('where %s', async (_, settings) => {
    const parent = newFolder()
    mkdirSync(parent)
    await expect(train(settings, join(parent, 'new', 'run'), js)).rejects.toMatchObject({ name: 'GlassformerError' })
    expect(readdirSync(parent)).toEqual([])
  })

  it('except one that existed before, and files beside it', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    await expect(train({ data: { train: { path: 'missing.tsv' } } }, folder, js)).rejects.toThrow('missing.tsv')
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
  })

  it('if the callback for the pairs throws', async () => {
    const folder = newFolder()
    const preparing = () => {
      throw new Error('not these')
    }
    await expect(train(smallConfig(), folder, js, { preparing })).rejects.toThrow('not these')
    expect(existsSync(folder)).toBe(false)
  })
})

describe('settings in the form of a file', () => {
  const raw = {
    data: { train: { path: pairsFile() }, heldOut: 20 },
    vocabulary: { size: 60 },
    model: shape,
    training: { steps: 2, batchTokens: 300 },
  }

  it('are accepted as they are', async () => {
    const [plain, read] = [
      await train(raw, newFolder(), js),
      await train(readTrainConfig(raw, 'a test'), newFolder(), js),
    ]
    expect(weightsOf(plain.model!).equals(weightsOf(read.model!))).toBe(true)
  })

  it.each([
    [{}, 'the settings: data is missing; it must be an object'],
    [{ ...raw, training: { schedule: 'linaer' } }, /the settings: training\.schedule must be one of /],
    [{ ...raw, training: { stesp: 3 } }, /the settings: unknown key training\.stesp/],
    [{ ...raw, training: 5 }, 'the settings: training must be an object, not 5'],
    [null, 'the settings: settings must be an object'],
  ])('are refused by name: %j', async (settings, message) => {
    await expect(train(settings as never, newFolder(), js)).rejects.toMatchObject({ code: 'ERR_OPTION' })
    await expect(train(settings as never, newFolder(), js)).rejects.toThrow(message)
  })
})

describe('the numbers of read and dropped pairs', () => {
  /** 40 pairs, including two duplicates and one with an empty side, and a line without a pair. */
  const pairs = () => {
    const lines = readFileSync(pairsFile(), 'utf8').split('\n').slice(0, 40)
    return fileOf(`${[...lines, ...lines.slice(0, 2), 'un\t', 'no pair'].join('\n')}\n`)
  }
  const found = {
    cleaning: { read: 43, kept: 40, duplicate: 2, empty: 1 },
    corpus: { lines: 44, pairs: 43, malformed: 1 },
  }
  let model: TrainResult
  beforeAll(async () => {
    model = await train(smallConfig({ training: { steps: 2 } }), newFolder(), js)
  })

  it.each([{ steps: 2 }, { epochs: 1 }])(
    'is said of a model that is trained further with nothing held out, %j, and when it goes on',
    async (length) => {
      const data = { train: { path: pairs() }, heldOut: 0 }
      const settings = { from: model.model!, data, training: { batchTokens: 100, ...length } }
      const folder = newFolder()
      for (const signal of [AbortSignal.abort(), undefined]) {
        const report = new RunReport(folder)
        const starts: TrainStart[] = []
        const started = (start: TrainStart) => {
          starts.push(start)
          report.started(start)
        }
        await train(settings, folder, { ...js, signal }, { started })
        report.close()
        expect(starts[0]).toMatchObject(found)
      }
      const sessions = readMetrics(folder).filter((line): line is SessionLine => line.kind === 'session')
      expect(sessions.length).toBeGreaterThan(0)
      for (const session of sessions) expect(session).toMatchObject(found)
      expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/dropped: there before<\/t[hd]><td>2</)
    },
  )

  it('are reported for a new model with nothing held out that is resumed', async () => {
    const config = smallConfig({ data: { train: { path: pairs() }, heldOut: 0 }, training: { steps: 2 } })
    const folder = newFolder()
    const starts: TrainStart[] = []
    const started = (start: TrainStart) => starts.push(start)
    await train(config, folder, { ...js, signal: AbortSignal.abort() }, { started })
    await train(config, folder, js, { started })
    expect(starts).toMatchObject([found, found])
  })
})
