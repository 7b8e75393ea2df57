import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readSettings } from '#dist/learn/train/settings/stored-settings.js'
import type { TrainOptions } from '#dist/learn/train/settings/train-options.js'
import { train } from '#dist/learn/train/train.js'
import { newFolder, smallConfig } from './small-run.ts'

const js: TrainOptions = { backend: 'js', threads: 1, precision: 'float32' }
const config = smallConfig({ training: { steps: null, epochs: 2 } })
const begun = newFolder()

beforeAll(async () => {
  const controller = new AbortController()
  const stop = ({ step }: { step: number }) => step === 2 && controller.abort()
  await train(config, begun, { ...js, signal: controller.signal }, { step: stop })
})

const STATE = 'checkpoints/step-00000002/state.json'

type Json = Record<string, unknown>

/** A copy of the run whose JSON file `name` has `value` at `path`, without checksums. */
function withValue(name: string, path: string, value: unknown): string {
  const folder = newFolder()
  cpSync(begun, folder, { recursive: true })
  const file = join(folder, name)
  const json = JSON.parse(readFileSync(file, 'utf8'))
  const keys = path.split('.')
  const last = keys.pop()!
  keys.reduce((inside: Json, key) => inside[key] as Json, json)[last] = value
  writeFileSync(file, JSON.stringify(json))
  for (const sums of ['.', 'checkpoints', 'checkpoints/step-00000002']) rmSync(join(folder, sums, 'SHA256SUMS'))
  return folder
}

/** A copy of the run whose file `name` is cut off after this many bytes. */
function cutShort(name: string, bytes: number): string {
  const folder = newFolder()
  cpSync(begun, folder, { recursive: true })
  truncateSync(join(folder, name), bytes)
  return folder
}

const goingOn = (folder: string) => train(config, folder, { ...js, signal: AbortSignal.abort() })

describe('a run with damaged files', () => {
  it.each([
    ['best', null, /best must be an object, not null$/],
    ['best.step', -1, /best\.step must be an integer of at least 0, not -1$/],
    ['best.loss', 'low', /best\.loss must be a finite number, not "low"$/],
    ['worse', '0', /worse must be an integer of at least 0, not "0"$/],
    ['step', 7, /step must be 2, as its folder says, not 7$/],
    ['batches', null, /batches must be an object, not null$/],
    ['batches.epoch', null, /batches\.epoch must be an integer of at least 0, not null$/],
    ['batches.settings', [], /batches\.settings must be an object, not \[\]$/],
    ['batches.settings.seed', '1', /batches\.settings\.seed must be an integer of at least 0, not "1"$/],
    ['batches.dropped', 3, /batches\.dropped must be an object, not 3$/],
  ])('says which file, where %s of the checkpoint is %j', async (path, value, message) => {
    const folder = withValue(STATE, path, value)
    const named = { code: 'ERR_MODEL_FORMAT', message: expect.stringMatching(message) }
    await expect(goingOn(folder)).rejects.toMatchObject(named)
    await expect(goingOn(folder)).rejects.toThrow(`${join(folder, STATE)}: `)
  })

  it.each([
    ['training', null, 'training must be an object, not null'],
    [
      'training.schedule',
      5,
      'training.schedule must be one of noam, inverseSquareRoot, linear, cosine, constant, relative, not 5',
    ],
    ['training.keep', 'all', 'training.keep must be an integer of at least 1, not "all"'],
    ['training.dropout', 2, 'training.dropout must be at least 0 and below 1, not 2'],
    ['data', [], 'data must be an object, not []'],
    ['data.train', 'pairs.tsv', 'data.train must be an object, not "pairs.tsv"'],
    ['model', 5, 'model must be an object, not 5'],
    [
      'model.positions',
      {},
      'model.positions must be one of interleaved, halves, timingSignal, learned, relative, buckets, rotary, none, not {}',
    ],
    ['vocabulary', 'words', 'vocabulary must be an object, not "words"'],
    ['vocabulary.size', -3, 'vocabulary.size must be an integer of at least 1, not -3'],
  ])('says which file, where %s of the settings is %j', (path, value, message) => {
    const folder = withValue('settings.json', path, value)
    const whole = `${join(folder, 'settings.json')}: ${message}; mend it, or train into another folder`
    expect(() => readSettings(folder)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: whole }))
  })

  it.each([
    ['checkpoints/epoch.json', 'batches', 'an integer of at least 1'],
    ['corpus.json', 'train', 'an integer of at least 0'],
  ])('says so of %s', async (name, field, what) => {
    const folder = withValue(name, field, 'many')
    await expect(goingOn(folder)).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
      message: `${join(folder, name)}: ${field} must be ${what}, not "many"`,
    })
  })

  it.each([
    [STATE, 'ERR_MODEL_FORMAT'],
    ['checkpoints/step-00000002/arrays.safetensors', 'ERR_MODEL_FORMAT'],
    ['checkpoints/epoch.json', 'ERR_MODEL_FORMAT'],
    ['settings.json', 'ERR_MODEL_FORMAT'],
    ['corpus.json', 'ERR_MODEL_FORMAT'],
    ['vocabulary/vocab.json', 'ERR_TOKENIZER_FORMAT'],
    ['vocabulary/source.spm', 'ERR_TOKENIZER_FORMAT'],
    ['vocabulary/tokenizer_config.json', 'ERR_TOKENIZER_FORMAT'],
  ])('says in one line that %s is cut short, which it names', async (name, code) => {
    const folder = cutShort(name, 9)
    const message = expect.stringMatching(/^[^\n]*$/)
    await expect(goingOn(folder)).rejects.toMatchObject({ name: 'GlassformerError', code, message })
    await expect(goingOn(folder)).rejects.toThrow(join(folder, name))
  })
})
