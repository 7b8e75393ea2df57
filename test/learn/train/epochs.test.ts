import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkpointSteps, readCheckpoint } from '#dist/learn/train/state/checkpoint.js'
import { type TrainResult, type TrainStart, train } from '#dist/learn/train/train.js'
import type { StepReport } from '#dist/learn/train/trainer-listener.js'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const

/** A run in passes over the pairs, of about 5 batches each; `training` replaces single settings. */
const inEpochs = (epochs: number, training: object = {}, pairs = pairsFile()) =>
  smallConfig(
    {
      training: { steps: null, warmup: null, saveEvery: null, epochs, ...training },
      validation: { every: null },
    },
    pairs,
  )

interface Told {
  result: TrainResult
  start: TrainStart
  steps: StepReport[]
  preparing: string[]
}

/** Trains until the step is `at`, or to the end. */
async function run(config: ReturnType<typeof inEpochs>, folder: string, at?: number): Promise<Told> {
  const controller = new AbortController()
  const told: Omit<Told, 'result' | 'start'> & { start?: TrainStart } = { steps: [], preparing: [] }
  const listener = {
    preparing: (what: string) => told.preparing.push(what),
    started: (start: TrainStart) => {
      told.start = start
    },
    step: (report: StepReport) => {
      told.steps.push(report)
      if (report.step === at) controller.abort()
    },
  }
  const result = await train(config, folder, { ...js, signal: controller.signal }, listener)
  return { ...told, result } as Told
}

const tokensOf = (steps: readonly StepReport[], epoch: number) =>
  steps.filter((report) => report.epoch === epoch).reduce((sum, { tokens }) => sum + tokens, 0)

describe('a training of epochs', () => {
  it('uses every pair once in each, and ends', async () => {
    const folder = newFolder()
    const { result, steps } = await run(inEpochs(3), folder)
    expect(result).toMatchObject({ ended: 'done', step: steps.length })
    expect(new Set(steps.map(({ epoch }) => epoch))).toEqual(new Set([0, 1, 2]))
    const pairs = 280 // 300, less 20 that are held out
    expect(tokensOf(steps, 0)).toBeGreaterThan(4 * pairs)
    for (const epoch of [1, 2]) expect(tokensOf(steps, epoch)).toBe(tokensOf(steps, 0))
    const checkpoints = join(folder, 'checkpoints')
    const state = readCheckpoint(checkpoints, checkpointSteps(checkpoints).at(-1)!, {})
    expect(state.values.batches).toMatchObject({ epoch: 3, pairsRead: 0 })
  })

  it('counts the pairs with too many tokens in every pass, also if it was interrupted', async () => {
    const pairs = `${newFolder()}.tsv`
    writeFileSync(pairs, `${readFileSync(pairsFile(), 'utf8')}${'un deux '.repeat(30)}\t${'one two '.repeat(30)}\n`)
    const whole = await run(inEpochs(2, {}, pairs), newFolder())
    expect(whole.steps.at(-1)!.dropped).toEqual({ tooLong: 2, empty: 0 })

    const folder = newFolder()
    const before = await run(inEpochs(2, {}, pairs), folder, 7)
    const after = await run(inEpochs(2, {}, pairs), folder)
    const droppedBy = (steps: readonly StepReport[]) => steps.map(({ dropped }) => dropped.tooLong)
    expect(droppedBy([...before.steps, ...after.steps])).toEqual(droppedBy(whole.steps))
  })

  it('knows the number of steps before the first, and the settings that follow from it', async () => {
    const folder = newFolder()
    const { result, start, preparing } = await run(inEpochs(4, { schedule: 'cosine' }), folder)
    const { steps, warmup, saveEvery } = start.config.training
    expect(Math.abs(steps - result.step)).toBeLessThan(4)
    expect(warmup).toBe(Math.ceil(steps / 10))
    expect(saveEvery).toBe(Math.ceil(steps / 10))
    expect(start.config.validation.every).toBe(Math.ceil(steps / 20))
    expect(preparing).toEqual(['pairs', 'vocabulary', 'epoch'])
    const { training } = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))
    expect(training).toMatchObject({ epochs: 4, saveEvery, warmup })
  })

  it('ends with the same bits when it is interrupted, counting once, also if the last step accumulates fewer batches', async () => {
    const config = inEpochs(2, { schedule: 'linear', accumulate: 3 })
    const whole = await run(config, newFolder())
    const folder = newFolder()
    const middle = whole.steps.findIndex(({ epoch }) => epoch === 1)
    const last = whole.result.step
    for (const at of [1, middle, last - 1]) expect((await run(config, folder, at)).result.ended).toBe('stopped')
    const rest = await run(config, folder)
    expect(rest.preparing).toEqual(['pairs'])
    expect(rest.result).toMatchObject({ ended: 'done', step: last })
    expect(weightsOf(rest.result.model!).equals(weightsOf(whole.result.model!))).toBe(true)
    const again = await run(config, folder)
    expect(again.steps).toEqual([])
    expect(again.result.scores).toEqual(whole.result.scores)
  })

  it('is done when a signal fires in its last step, and can be continued for more epochs', async () => {
    const folder = newFolder()
    const { result } = await run(inEpochs(1), newFolder())
    expect((await run(inEpochs(1), folder, result.step)).result.ended).toBe('done')
    const { steps } = await run(inEpochs(2), folder)
    expect(steps[0]).toMatchObject({ step: result.step + 1, epoch: 1 })
    expect(steps.every(({ epoch }) => epoch === 1)).toBe(true)
  })

  it('refuses steps beside them, and none at all', () => {
    expect(() => inEpochs(2, { steps: 5 })).toThrow(/training.epochs must be left out where there are steps, not 2/)
    expect(() => inEpochs(0)).toThrow(/training.epochs must be an integer of at least 1, not 0/)
  })
})
