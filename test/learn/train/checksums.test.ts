import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readTrainConfig, type TrainConfig } from '#dist/learn/train/settings/config.js'
import { readSettings } from '#dist/learn/train/settings/stored-settings.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const
const CHECKPOINT = 'checkpoints/step-00000002'

/** Trains two steps, and stops. */
async function begin(config: TrainConfig, folder: string): Promise<string> {
  const controller = new AbortController()
  const step = (report: { step: number }) => report.step === 2 && controller.abort()
  await train(config, folder, { ...js, signal: controller.signal }, { step })
  return folder
}

function copyOf(run: string): string {
  const folder = newFolder()
  cpSync(run, folder, { recursive: true })
  return folder
}

const edit = (path: string, change: (text: string) => string) => {
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  expect(after).not.toBe(before)
  writeFileSync(path, after)
}

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at < 0 ? bytes.length + at : at] ^= 1
  writeFileSync(path, bytes)
}

const swapFirstIds = (text: string) => {
  const [[a], [b]] = Object.entries(JSON.parse(text)).filter(([, id]) => id === 10 || id === 11)
  return JSON.stringify({ ...JSON.parse(text), [a]: JSON.parse(text)[b], [b]: JSON.parse(text)[a] })
}

/** All files of checksums in a run. */
const sumsIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('SHA256SUMS'))
    .map((name) => join(folder, name))

const config = smallConfig({ training: { steps: null, epochs: 2 } })
const words = smallConfig({ vocabulary: { type: 'words', size: 30, sharing: 'separate' } })
let run: string
let wordsRun: string
let model: TrainResult

beforeAll(async () => {
  run = await begin(config, newFolder())
  wordsRun = await begin(words, newFolder())
  model = await train(smallConfig({ training: { steps: 2 } }), newFolder(), js)
})

/** Kinds of damage; a training without checks would continue with other bits. */
const damages: [string, (path: string) => void][] = [
  ['vocabulary/vocab.json', (path) => edit(path, swapFirstIds)],
  ['vocabulary/source.spm', (path) => flipBit(path, 100)],
  ['vocabulary/target.spm', (path) => flipBit(path, -3)],
  ['vocabulary/tokenizer_config.json', (path) => edit(path, (text) => text.replace('}', ' }'))],
  [`${CHECKPOINT}/arrays.safetensors`, (path) => flipBit(path, -5)],
  [`${CHECKPOINT}/arrays.safetensors`, (path) => flipBit(path, -2000)],
  [`${CHECKPOINT}/state.json`, (path) => edit(path, (text) => text.replace('"worse": 0', '"worse": 1'))],
  [`${CHECKPOINT}/SHA256SUMS`, (path) => flipBit(path, 3)],
  [`${CHECKPOINT}/SHA256SUMS`, (path) => truncateSync(path, 90)],
  ['checkpoints/epoch.json', (path) => edit(path, (text) => text.replace(/\d+/, (n) => `${Number(n) + 1}`))],
  ['settings.json', (path) => edit(path, (text) => text.replace('"seed": 1', '"seed": 2'))],
]

describe('a damaged run', () => {
  it.each(damages)('does not resume if %s has changed, which the error names', async (name, damage) => {
    const folder = copyOf(run)
    damage(join(folder, name))
    const error = await train(config, folder, js).catch((error) => error)
    expect(error).toMatchObject({
      name: 'GlassformerError',
      code: name.startsWith('vocabulary') ? 'ERR_TOKENIZER_FORMAT' : 'ERR_MODEL_FORMAT',
    })
    expect(error.message).toContain(name.endsWith('SUMS') ? join(folder, dirname(name)) : join(folder, name))
    expect(error.message).toMatch(/restore it|remove it/)
  })

  it.each(['vocabulary/source.txt', 'vocabulary/target.txt'])('of words: %s', async (name) => {
    const folder = copyOf(wordsRun)
    edit(join(folder, name), (text) =>
      text
        .split('\n')
        .toSpliced(3, 2, ...text.split('\n').slice(3, 5).reverse())
        .join('\n'),
    )
    const named = { code: 'ERR_TOKENIZER_FORMAT', message: expect.stringContaining(join(folder, name)) }
    await expect(train(words, folder, js)).rejects.toMatchObject(named)
  })

  it('of a model that is trained further, or of a teacher', async () => {
    const data = { train: { path: pairsFile() }, heldOut: 20 }
    const training = { steps: 6, batchTokens: 300, warmup: 2 }
    const shape = { dModel: 16, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 32, maxLength: 40 }
    const further = readTrainConfig({ from: model.model, data, training }, 'a test')
    const student = readTrainConfig({ data, model: shape, training: { ...training, teacher: model.model } }, 'a test')
    for (const [config, kept] of [
      [further, 'origin'],
      [student, 'teacher'],
    ] as const) {
      const folder = await begin(config, newFolder())
      flipBit(join(folder, kept, 'model.safetensors'), -1)
      const message = expect.stringContaining(join(folder, kept, 'model.safetensors'))
      await expect(train(config, folder, js)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT', message })
    }
  })

  it('resumes from the previous checkpoint, once the damaged one is removed', async () => {
    const steps = smallConfig({ training: { saveEvery: 1 } })
    const folder = await begin(steps, newFolder())
    const damaged = join(folder, CHECKPOINT)
    flipBit(join(damaged, 'arrays.safetensors'), -5)
    await expect(train(steps, folder, js)).rejects.toThrow(`remove ${damaged}`)
    rmSync(damaged, { recursive: true })
    const [whole, mended] = [await train(steps, newFolder(), js), await train(steps, folder, js)]
    expect(weightsOf(mended.model!).equals(weightsOf(whole.model!))).toBe(true)
  })

  it('is detected by the command too, which reads its settings from there', () => {
    const folder = copyOf(run)
    edit(join(folder, 'settings.json'), (text) => text.replace('"dropout": 0.1', '"dropout": 0.3'))
    expect(() => readSettings(folder)).toThrow(/settings\.json is not what the training has written.*remove SHA256SUMS/)
    rmSync(join(folder, 'SHA256SUMS'))
    expect(readSettings(folder)!.training.dropout).toBe(0.3)
  })
})

it('a run from before checksums existed resumes to the same bits, and has checksums from then on', async () => {
  const [earlier, whole] = [copyOf(run), copyOf(run)]
  expect(sumsIn(earlier).length).toBeGreaterThan(3)
  for (const path of sumsIn(earlier)) rmSync(path)
  const ended = [await train(config, earlier, js), await train(config, whole, js)]
  expect(weightsOf(ended[0].model!).equals(weightsOf(ended[1].model!))).toBe(true)
  expect(existsSync(join(earlier, 'vocabulary', 'SHA256SUMS'))).toBe(true)
})

it('sha256sum accepts the checksums (skipped if it is missing)', (context) => {
  const check = (folder: string) =>
    execFileSync('sha256sum', ['-c', 'SHA256SUMS'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  try {
    execFileSync('sha256sum', ['--version'])
  } catch {
    context.skip()
  }
  expect(check(join(run, CHECKPOINT))).toBe('arrays.safetensors: OK\nstate.json: OK\n')
  expect(check(join(run, 'vocabulary'))).toContain('vocab.json: OK\n')
})
