import { spawn } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { takeRunFolder } from '#dist/learn/train/run-folder.js'
import type { TrainOptions } from '#dist/learn/train/settings/train-options.js'
import { train } from '#dist/learn/train/train.js'
import { nativeReasons } from '../../backends.ts'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const options = (backend: TrainOptions['backend']): TrainOptions => ({ backend, threads: 2, precision: 'float32' })
const backends = (['js', 'native'] as const).filter((name) => name === 'js' || !nativeReasons.length)

/** Trains until the step is `at`, or to the end. */
function trainTo(at: number, config: ReturnType<typeof smallConfig>, folder: string, backend: TrainOptions['backend']) {
  const controller = new AbortController()
  return train(
    config,
    folder,
    { ...options(backend), signal: controller.signal },
    { step: ({ step }) => step === at && controller.abort() },
  )
}

/** The content of a process's lock. */
function ownerOf(pid: number) {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : null
  return { pid, host: hostname(), started: stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] }
}

/** A training of three steps so far, on a copy of the pairs that can be damaged before it resumes. */
async function begunWithCopy(name: string) {
  const path = `${newFolder()}-${name}`
  copyFileSync(pairsFile(), path)
  const config = smallConfig({}, path)
  const folder = newFolder()
  await trainTo(3, config, folder, 'js')
  return { path, goOn: () => train(config, folder, options('js')) }
}

describe.each(backends)('a resumed training (%s)', (backend) => {
  it('ends with the same bits as one that was not interrupted, within an epoch and at its end', async () => {
    const config = smallConfig({ training: { average: 2, accumulate: 2 } })
    const whole = await train(config, newFolder(), options(backend))
    expect(whole).toMatchObject({ ended: 'done', step: 12 })
    const folder = newFolder()
    for (const at of [1, 4, 5, 9])
      expect(await trainTo(at, config, folder, backend)).toMatchObject({ ended: 'stopped', step: at, model: null })
    const ended = await train(config, folder, options(backend))
    expect(weightsOf(ended.model!).equals(weightsOf(whole.model!))).toBe(true)
    expect(ended.scores).toEqual(whole.scores)
    const again = await train(config, folder, options(backend))
    expect(again).toMatchObject({ ended: 'done', step: 12 })
    expect(weightsOf(again.model!).equals(weightsOf(whole.model!))).toBe(true)
  })
})

describe('the folder of a training', () => {
  it('refuses settings that change the model or the data, each by its name', async () => {
    const folder = newFolder()
    await trainTo(1, smallConfig(), folder, 'js')
    const other = (parts: Parameters<typeof smallConfig>[0]) => train(smallConfig(parts), folder, options('js'))
    const model = { dModel: 32, heads: 2, encoderLayers: 2, decoderLayers: 1, dFeedForward: 32, maxLength: 40 }
    await expect(other({ model })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(
        /^model.dModel was 16 and is 32, model.encoderLayers was 1 and is 2: the training of/,
      ),
    })
    await expect(other({ vocabulary: { size: 61 } })).rejects.toThrow(/vocabulary.size was 60 and is 61/)
    await expect(other({ training: { seed: 2 } })).rejects.toThrow(/training.seed was 1 and is 2/)
    await expect(other({ training: { ema: 0.9 } })).rejects.toThrow(/training.ema was off and is on/)
    await expect(other({ training: { optimizer: 'adafactor' } })).rejects.toThrow(
      /training.optimizer was "adam" and is "adafactor"/,
    )
    const data = { train: { path: pairsFile(), sourceColumn: 1, targetColumn: 0 }, heldOut: 20 }
    await expect(other({ data })).rejects.toThrow(/data.train.sourceColumn was 0 and is 1/)
  })

  it('keeps its settings when a command is refused', async () => {
    const folder = newFolder()
    await trainTo(3, smallConfig(), folder, 'js')
    const before = readFileSync(join(folder, 'settings.json'), 'utf8')
    const others = `${newFolder()}.tsv`
    writeFileSync(others, readFileSync(pairsFile(), 'utf8').replaceAll('three', 'tree'))
    for (const [pairs, code] of [
      [others, 'ERR_INPUT'],
      [`${others}.none`, 'ERR_FILE'],
    ]) {
      const config = smallConfig({ training: { dropout: 0.3 } }, pairs)
      await expect(train(config, folder, options('js'))).rejects.toMatchObject({ code })
      expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe(before)
    }
    const state = join(folder, 'checkpoints', readdirSync(join(folder, 'checkpoints'))[0], 'state.json')
    const whole = readFileSync(state, 'utf8')
    writeFileSync(state, whole.slice(0, 10))
    const config = smallConfig({ training: { dropout: 0.3 } })
    await expect(train(config, folder, options('js'))).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' })
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe(before)
    writeFileSync(state, whole)
    expect(await train(smallConfig(), folder, options('js'))).toMatchObject({ ended: 'done', step: 12 })
  })

  it('reports that pairs may have moved if they do not exist any more', async () => {
    const { path, goOn } = await begunWithCopy('gone.tsv')
    rmSync(path)
    await expect(goOn()).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringMatching(/gone\.tsv: there is no such file or folder: .*, or say where the pairs are now$/),
    })
  })

  it('reports the fault of pairs that exist, and not that they may have moved', async () => {
    const { path, goOn } = await begunWithCopy('latin1.tsv')
    writeFileSync(path, readFileSync(path, 'latin1').replace('z', '\xff'), 'latin1')
    await expect(goOn()).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.not.stringContaining('where the pairs are now'),
    })
  })

  it('resumes with pairs that have moved, to the same bits', async () => {
    const whole = await train(smallConfig(), newFolder(), options('js'))
    const folder = newFolder()
    await trainTo(5, smallConfig(), folder, 'js')
    const moved = `${newFolder()}.tsv`
    copyFileSync(pairsFile(), moved)
    const data = { train: { path: moved }, heldOut: 20 }
    const { model } = await train(smallConfig({ data }), folder, options('js'))
    expect(weightsOf(model!).equals(weightsOf(whole.model!))).toBe(true)
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')).data.train.path).toBe(moved)
  })

  it('refuses other pairs even if none of them has been read, and other pairs for validation', async () => {
    const others = `${newFolder()}.tsv`
    writeFileSync(others, readFileSync(pairsFile(), 'utf8').replaceAll('three', 'tree'))
    const trained = (pairs: string, measured: string, epochs: number) => {
      const data = { train: { path: pairs }, validation: { path: measured } }
      return train(smallConfig({ data, training: { steps: null, epochs } }), folder, options('js'))
    }
    const folder = newFolder()
    await trained(pairsFile(), pairsFile(), 1)
    for (const [name, pairs, measured] of [
      ['train', others, pairsFile()],
      ['validation', pairsFile(), others],
    ])
      await expect(trained(pairs, measured, 2)).rejects.toMatchObject({
        code: 'ERR_INPUT',
        message: expect.stringMatching(`^the pairs of data.${name} are not those that the training of ${folder} began`),
      })
  })

  it('accepts other settings for the remaining steps', async () => {
    const folder = newFolder()
    await trainTo(3, smallConfig(), folder, 'js')
    const training = { steps: 5, learningRate: 0.02, dropout: 0, keep: 1, labelSmoothing: 0, saveEvery: 1 }
    expect(await train(smallConfig({ training }), folder, options('js'))).toMatchObject({ ended: 'done', step: 5 })
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')).training.steps).toBe(5)
  })

  it('refuses a changed corpus', async () => {
    const { path, goOn } = await begunWithCopy('changes.tsv')
    appendFileSync(path, 'un deux\tone two\n'.repeat(3))
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('three', 'tree'))
    await expect(goOn()).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })

  it('belongs to one training at a time, and a killed one does not count', async () => {
    const folder = newFolder()
    const config = smallConfig()
    const first = trainTo(2, config, folder, 'js')
    await expect(train(config, folder, options('js'))).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining('this process is training into it'),
    })
    await first
    expect(existsSync(join(folder, 'in-use.json'))).toBe(false)
    const child = spawn('sleep', ['60'])
    writeFileSync(join(folder, 'in-use.json'), JSON.stringify(ownerOf(child.pid!)))
    await expect(train(config, folder, options('js'))).rejects.toThrow(`process ${child.pid} is training into it`)
    child.kill()
    await new Promise((resolve) => child.on('close', resolve))
    expect(await trainTo(3, config, folder, 'js')).toMatchObject({ step: 3 })
  })

  it('belongs to one training at a time by another path, and in another thread', async () => {
    const folder = newFolder()
    const config = smallConfig()
    const { release } = await takeRunFolder(folder, config)
    const refused = { code: 'ERR_FILE', message: expect.stringContaining('this process is training into it') }
    const link = newFolder()
    symlinkSync(folder, link)
    await expect(takeRunFolder(link, config)).rejects.toMatchObject(refused)
    const code = `const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module)
        .then(({ takeRunFolder }) => takeRunFolder(workerData.folder, workerData.config))
        .then(() => parentPort.postMessage('taken'), ({ code, message }) => parentPort.postMessage({ code, message }))`
    const workerData = {
      module: new URL('../../../dist/learn/train/run-folder.js', import.meta.url).href,
      folder,
      config,
    }
    const thread = new Worker(code, { eval: true, workerData })
    expect(await new Promise((resolve) => thread.on('message', resolve))).toEqual(refused)
    expect(existsSync(join(folder, 'in-use.json'))).toBe(true)
    release()
    ;(await takeRunFolder(link, config)).release()
  })

  it('waits for a process that is ending, such as ranks that have lost their mpirun', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    const child = spawn('sleep', ['60'])
    writeFileSync(join(folder, 'in-use.json'), JSON.stringify(ownerOf(child.pid!)))
    setTimeout(() => child.kill(), 300)
    ;(await takeRunFolder(folder, smallConfig())).release()
  })

  it.skipIf(process.platform !== 'linux')('is released by a process that has ended on its own', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'])
    const pid = await new Promise<number>((resolve) => parent.stdout.on('data', (text) => resolve(Number(text))))
    writeFileSync(join(folder, 'in-use.json'), JSON.stringify(ownerOf(pid)))
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await new Promise((r) => setTimeout(r, 20))
    ;(await takeRunFolder(folder, smallConfig())).release()
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    parent.kill()
  })

  it.each([
    ['on another machine', { host: `not ${hostname()}` }],
    ['whose number another process has by now', { started: '1' }],
  ])('is not kept by a training %s', async (_, other) => {
    const folder = newFolder()
    const inUse = join(folder, 'in-use.json')
    const { release } = await takeRunFolder(folder, smallConfig())
    writeFileSync(inUse, JSON.stringify({ ...JSON.parse(readFileSync(inUse, 'utf8')), ...other }))
    ;(await takeRunFolder(folder, smallConfig())).release()
    release()
  })

  it('is unlocked only by the training that has locked it', async () => {
    const folder = newFolder()
    const inUse = join(folder, 'in-use.json')
    const first = await takeRunFolder(folder, smallConfig())
    rmSync(inUse)
    const second = await takeRunFolder(folder, smallConfig())
    first.release()
    expect(existsSync(inUse)).toBe(true)
    second.release()
    expect(existsSync(inUse)).toBe(false)
  })

  it('is named if it cannot be created or written', async () => {
    const folder = newFolder()
    writeFileSync(folder, 'a file in the way')
    await expect(train(smallConfig(), folder, options('js'))).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining(folder),
    })
  })

  it('is cleared of files that a killed training left half written', async () => {
    const folder = newFolder()
    for (const inside of ['vocabulary', 'model']) {
      mkdirSync(join(folder, inside), { recursive: true })
      writeFileSync(join(folder, inside, '.vocab.json.0123456789ab.partial'), '{')
    }
    expect(await train(smallConfig({ training: { steps: 1 } }), folder, options('js'))).toMatchObject({ step: 1 })
    const files = readdirSync(folder, { recursive: true }).map(String)
    expect(files.filter((name) => name.endsWith('.partial'))).toEqual([])
  })
})
