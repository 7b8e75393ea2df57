import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { Generator } from '#dist/engine/decode/generator.js'
import { learningRate } from '#dist/learn/train/settings/schedule.js'
import { checkpointSteps, readCheckpoint } from '#dist/learn/train/state/checkpoint.js'
import { translationOptions, type ValidationReport } from '#dist/learn/train/step/validation.js'
import type { StepReport } from '#dist/learn/train/trainer-listener.js'
import { backends, bfloat16Backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { begin, endless, modelConfig, newWeights, pairs, trainerOptions, validation } from './small-model.ts'
import { newFolder } from './small-run.ts'

const player = new JsPlayer()
const checkpoints = (folder: string) => join(folder, 'checkpoints')

/** The weights of a checkpoint. */
function saved(folder: string, step: number, name = 'weights'): Float32Array {
  const values = new Float32Array(newWeights().values.length)
  readCheckpoint(checkpoints(folder), step, { [name]: values })
  return values
}

/** A signal that fires when the step is `at`. */
function stopAt(at: number) {
  const controller = new AbortController()
  return { signal: controller.signal, step: ({ step }: StepReport) => step === at && controller.abort() }
}

describe('the trainer', () => {
  it('reports loss, rate, norm and tokens of every step, and the loss falls', async () => {
    const reports: StepReport[] = []
    const { trainer, batches } = begin(
      player,
      newFolder(),
      { steps: 60, saveEvery: 60 },
      { step: (report) => reports.push(report) },
    )
    expect(await trainer.run(batches, null)).toBe('done')
    expect(reports.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    for (const { step, gradientNorm, tokens, learningRate: rate } of reports) {
      expect(rate).toBe(learningRate(trainerOptions.schedule, step))
      expect(gradientNorm).toBeGreaterThan(0)
      expect(tokens).toBe(pairs(3, 5 * (step - 1)).reduce((sum, { target }) => sum + target.length, 0))
    }
    const mean = (part: StepReport[]) => part.reduce((sum, { loss }) => sum + loss, 0) / part.length
    expect(mean(reports.slice(-10))).toBeLessThan(0.9 * mean(reports.slice(0, 10)))
  })

  it('takes no step if no batch is left, because all remaining pairs were dropped', async () => {
    const { trainer, batches } = begin(player, newFolder())
    let left = 2
    const few = {
      ...batches,
      get isOver() {
        return left < 0
      },
      next: async () => (left-- > 0 ? batches.next() : null),
    }
    expect(await trainer.run(few, null)).toBe('done')
    expect(trainer.step).toBe(2)
  })

  it('measures the loss over all pairs, however many there are', async () => {
    const { trainer } = begin(player, newFolder())
    const many = pairs(1500, 100)
    const tokens = (some: typeof many) => some.reduce((sum, { target }) => sum + target.length, 0)
    expect(tokens(many)).toBeGreaterThan(4096)
    const lossOf = async (some: typeof many) => (await trainer.evaluate({ ...validation, pairs: some })).loss
    const parts = [many.slice(0, 500), many.slice(500, 1000), many.slice(1000)]
    let sum = 0
    for (const part of parts) sum += (await lossOf(part)) * tokens(part)
    expect(await lossOf(many)).toBeCloseTo(sum / tokens(many), 5)
  })

  it('keeps the last checkpoints and the best', async () => {
    const folder = newFolder()
    // The second validation is the best: with so high a rate nothing improves.
    const schedule = { ...trainerOptions.schedule, kind: 'constant' as const, peak: 0.01, warmup: 0 }
    const reports: ValidationReport[] = []
    const listener = { validation: (report: ValidationReport) => reports.push(report) }
    const first = begin(player, folder, { steps: 6, validateEvery: 3, schedule }, listener)
    await first.trainer.run(first.batches, validation)
    const high = { schedule: { ...schedule, peak: 2 }, steps: 20, validateEvery: 3, keep: 2, clip: 0 }
    const second = begin(player, folder, high, listener)
    await second.trainer.run(second.batches, validation)
    const best = reports.reduce((a, b) => (b.loss < a.loss ? b : a)).step
    expect(reports.filter((report) => report.best).at(-1)!.step).toBe(best)
    expect(best).toBe(6)
    expect(checkpointSteps(checkpoints(folder))).toEqual([6, 18, 20])
  })

  it('ends when patience is over, again when it is called again, and its result is the best', async () => {
    const folder = newFolder()
    const options = {
      steps: 100,
      validateEvery: 2,
      patience: 3,
      schedule: { ...trainerOptions.schedule, peak: 3 },
      clip: 0,
    }
    const reports: ValidationReport[] = []
    const { trainer, batches, weights } = begin(player, folder, options, {
      validation: (report) => reports.push(report),
    })
    expect(await trainer.run(batches, validation)).toBe('patience')
    const best = reports.reduce((a, b) => (b.loss < a.loss ? b : a)).step
    expect(trainer.step).toBe(best + 6)
    const last = saved(folder, trainer.step)
    expect(weights.values).toEqual(last)
    trainer.finish()
    expect(weights.values).toEqual(saved(folder, best))
    expect(weights.values).not.toEqual(last)
    const again = begin(player, folder, options)
    expect(await again.trainer.run(again.batches, validation)).toBe('patience')
    expect(again.trainer.step).toBe(best + 6)
  })

  it('averages the last checkpoints at multiples of saveEvery, whatever else was saved', async () => {
    const folder = newFolder()
    const options = { steps: 9, saveEvery: 2, keep: 1, average: 3, validateEvery: 3 }
    const stop = stopAt(7)
    const first = begin(player, folder, options, stop)
    expect(await first.trainer.run(first.batches, validation, stop.signal)).toBe('stopped')
    expect(checkpointSteps(checkpoints(folder))).toContain(7)
    const { trainer, batches, weights } = begin(player, folder, options)
    await trainer.run(batches, validation)
    const mean = saved(folder, 6).map((value, i) => (value + saved(folder, 8)[i] + saved(folder, 9)[i]) / 3)
    trainer.finish()
    expectClose(weights.values, mean, 1e-6)

    const whole = begin(player, newFolder(), options)
    await whole.trainer.run(whole.batches, validation)
    whole.trainer.finish()
    expect(weights.values).toEqual(whole.weights.values)
  })

  it('follows the weights with a moving average, which is validated and is the result', async () => {
    const folder = newFolder()
    const options = { steps: 12, saveEvery: 1, keep: 12, ema: 0.5, validateEvery: 12 }
    const losses: number[] = []
    const { trainer, batches, weights } = begin(player, folder, options, {
      validation: ({ loss }) => losses.push(loss),
    })
    await trainer.run(batches, validation)
    const expected = newWeights().values.slice()
    for (let step = 1; step <= 12; step++) {
      const decay = Math.min(0.5, (1 + step) / (10 + step))
      const values = saved(folder, step)
      for (let i = 0; i < expected.length; i++) expected[i] = decay * expected[i] + (1 - decay) * values[i]
    }
    expect(weights.values).toEqual(saved(folder, 12))
    trainer.finish()
    expectClose(weights.values, expected, 1e-6)
    expect((await trainer.evaluate(validation)).loss).toBe(losses[0])
  })

  it('translates at every validation with the weights of that moment', async () => {
    const samples: string[] = []
    const { trainer, batches, weights } = begin(
      player,
      newFolder(),
      { steps: 30, validateEvery: 1, saveEvery: 30 },
      { validation: (report) => samples.push(report.samples[0].hypothesis) },
    )
    await trainer.run(batches, validation)
    const generator = new Generator(player, weights, { batchTokens: 100 })
    let now = ''
    generator.add({
      source: validation.sources[0].source,
      options: translationOptions(modelConfig, 1),
      done: ([best]) => {
        now = best.ids.join(' ')
      },
    })
    while (generator.busy) generator.step()
    expect(samples[29]).toBe(now)
    expect(samples[0]).not.toBe(now)
  })

  it('stops at a signal after the step, and before the first if it has fired already', async () => {
    const folder = newFolder()
    const stop = stopAt(3)
    const { trainer, batches } = begin(player, folder, {}, stop)
    expect(await trainer.run(batches, null, stop.signal)).toBe('stopped')
    expect(trainer.step).toBe(3)
    expect(checkpointSteps(checkpoints(folder))).toEqual([2, 3])
    const again = begin(player, folder)
    expect(await again.trainer.run(again.batches, null, AbortSignal.abort())).toBe('stopped')
    expect(again.trainer.step).toBe(3)
    const none = begin(player, newFolder())
    expect(await none.trainer.run(none.batches, null, AbortSignal.abort())).toBe('stopped')
    expect(none.trainer.step).toBe(0)
  })

  it('is done, not stopped, when a signal fires in the last step', async () => {
    const stop = stopAt(10)
    const { trainer, batches } = begin(player, newFolder(), {}, stop)
    expect(await trainer.run(batches, null, stop.signal)).toBe('done')
  })
})

describe('an interrupted training', () => {
  const options = { steps: 14, saveEvery: 4, accumulate: 2, validateEvery: 3 }

  it.each([...backends, ...bfloat16Backends])(
    'ends with the same bits, stopped three times ($name)',
    async ({ make }) => {
      const player = make()
      const whole = begin(player, newFolder(), options)
      await whole.trainer.run(whole.batches, validation)
      const folder = newFolder()
      for (const at of [1, 6, 7]) {
        const stop = stopAt(at)
        const { trainer, batches } = begin(player, folder, options, stop)
        expect(await trainer.run(batches, validation, stop.signal)).toBe('stopped')
      }
      const { trainer, batches, weights } = begin(player, folder, options)
      expect(trainer.step).toBe(7)
      await trainer.run(batches, validation)
      expect(weights.values).toEqual(whole.weights.values)
      expect(saved(folder, 14, 'secondMoments').some((value) => value > 0)).toBe(true)
      player.close()
    },
  )

  it('restores best and patience', async () => {
    const schedule = { ...trainerOptions.schedule, peak: 3 }
    const patient = { ...options, steps: 100, validateEvery: 2, patience: 4, schedule, clip: 0 }
    const whole = begin(player, newFolder(), patient)
    expect(await whole.trainer.run(whole.batches, validation)).toBe('patience')
    const folder = newFolder()
    const stop = stopAt(whole.trainer.step - 3)
    const first = begin(player, folder, patient, stop)
    expect(await first.trainer.run(first.batches, validation, stop.signal)).toBe('stopped')
    const second = begin(player, folder, patient)
    expect(await second.trainer.run(second.batches, validation)).toBe('patience')
    expect(second.trainer.step).toBe(whole.trainer.step)
  })
})

describe('a training that breaks down', () => {
  /** Weights that are NaN from a step on. */
  async function breakAt(at: number, folder: string) {
    const { trainer, weights } = begin(player, folder, { saveEvery: 2 })
    const batches = endless(0, (n) => {
      if (n + 1 === at) weights.values[0] = Number.NaN
      return n + 1 === at ? [{ source: [0], target: [0] }] : pairs(3, n)
    })
    return trainer.run(batches, null)
  }

  it('reports the step, saves its batches and their pieces, and keeps the checkpoints', async () => {
    const folder = newFolder()
    const left = join(folder, 'broken-step-6.json')
    await expect(breakAt(6, folder)).rejects.toMatchObject({
      code: 'ERR_TRAINING',
      message: expect.stringMatching(`^step 6: the loss is NaN; its batches are in ${left}`),
    })
    expect(JSON.parse(readFileSync(left, 'utf8'))).toEqual({
      step: 6,
      batches: [[{ source: [0], target: [0], pieces: { source: '0', target: '0' } }]],
    })
    expect(checkpointSteps(checkpoints(folder))).toEqual([2, 4])
    expect(saved(folder, 4).every(Number.isFinite)).toBe(true)
    expect(begin(player, folder).trainer.step).toBe(4)
  })

  it('reports it even if the batch cannot be saved', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'broken-step-3.json', 'in the way'), { recursive: true })
    await expect(breakAt(3, folder)).rejects.toMatchObject({
      code: 'ERR_TRAINING',
      message: expect.stringMatching('step 3: the loss is NaN; its batches could not be saved'),
    })
  })

  it('does not save weights that are no longer finite', async () => {
    const folder = newFolder()
    const { trainer, weights, batches } = begin(
      player,
      folder,
      { saveEvery: 3 },
      {
        step: ({ step }) => {
          if (step === 6) weights.values[3] = Infinity
        },
      },
    )
    await expect(trainer.run(batches, null)).rejects.toMatchObject({ code: 'ERR_TRAINING' })
    expect(checkpointSteps(checkpoints(folder))).toEqual([3])
  })
})

describe('a checkpoint that cannot be written', () => {
  it('ends the training with ERR_FILE, and earlier ones are complete', async () => {
    const folder = newFolder()
    let block = () => {}
    const { trainer, batches } = begin(player, folder, {}, { step: ({ step }) => step === 6 && block() })
    block = () => writeFileSync(join(checkpoints(folder), 'step-00000006'), 'a file in the way')
    await expect(trainer.run(batches, null)).rejects.toMatchObject({ code: 'ERR_FILE' })
    expect(saved(folder, 2).some((value) => value !== 0)).toBe(true)
    expect(saved(folder, 4).some((value) => value !== 0)).toBe(true)
    expect(readdirSync(checkpoints(folder)).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  it('and a folder that cannot be created is named', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(checkpoints(folder), 'a file in the way')
    expect(existsSync(checkpoints(folder))).toBe(true)
    expect(() => begin(player, folder)).toThrow(expect.objectContaining({ code: 'ERR_FILE' }))
  })
})
