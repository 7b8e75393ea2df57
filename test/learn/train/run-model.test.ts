import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { Weights } from '#dist/engine/weights/weights.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openRunModel } from '#dist/learn/train/run-model.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { newFolder, smallConfig } from './small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const

describe('the model of a training at its steps', () => {
  const folder = newFolder()
  let result: TrainResult
  beforeAll(async () => {
    result = await train(
      smallConfig({ training: { keep: 100, saveEvery: 3, steps: 6, seed: 0 }, validation: { every: 6 } }),
      folder,
      js,
    )
  })

  test('is available before the first step, and at every checkpoint that was kept', async () => {
    const { steps } = await openRunModel(folder)
    expect(steps).toEqual([0, 3, 6])
  })

  test('has at the last step the weights of the model that the training has written', async () => {
    const run = await openRunModel(folder)
    run.load(6)
    expect(Buffer.from(run.model.weights.values.buffer).equals(Buffer.from(weightsOf(result.model!).buffer))).toBe(true)
    expect(run.model.tokenizer.encode('un deux')).toHaveLength(3)
  })

  test('has at step 0 the weights with which a training of the same seed begins', async () => {
    const run = await openRunModel(folder)
    const first = run.model.weights.values.slice()
    run.load(3)
    expect(run.model.weights.values).not.toEqual(first)
    run.load(0)
    expect(run.model.weights.values).toEqual(first)
    const again = new Weights(run.model.weights.config)
    initialize(again, 0)
    expect(first).toEqual(again.values)
  })

  test("with a moving average is that average, which is the training's result", async () => {
    const averaged = newFolder()
    const { model } = await train(smallConfig({ training: { steps: 4, ema: 0.5 } }), averaged, js)
    const run = await openRunModel(averaged)
    run.load(4)
    expect(run.model.weights.values).toEqual(weightsOf(model!))
  })

  test('of a training that continues from another model begins with that model', async () => {
    const further = newFolder()
    const { model: _, vocabulary: __, ...config } = smallConfig({ training: { steps: 2 } })
    await train({ ...config, from: result.model! } as never, further, js)
    rmSync(join(further, 'model'), { recursive: true })
    const run = await openRunModel(further)
    expect(run.steps).toEqual([0, 2])
    expect(run.model.weights.values).toEqual(weightsOf(result.model!))
  })

  test('changes nothing in the folder', async () => {
    const listing = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
    const [before, settings] = [listing(), readFileSync(join(folder, 'settings.json'))]
    const run = await openRunModel(folder)
    run.load(3)
    expect(listing()).toEqual(before)
    expect(readFileSync(join(folder, 'settings.json'))).toEqual(settings)
  })

  test('a folder without a training is refused', async () => {
    await expect(openRunModel(join(result.model!))).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining('is no folder of a training'),
    })
  })
})

const weightsOf = (model: string) => loadFolder(model, { precision: 'float32' }).weights.values
