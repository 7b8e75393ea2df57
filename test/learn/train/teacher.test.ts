import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import type { TokenPair } from '#dist/engine/decode/batch/ragged-batch.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { readTrainConfig, type TrainConfig } from '#dist/learn/train/settings/config.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { backends } from '../../backends.ts'
import { modelConfig, newWeights, pairs, trainerOptions } from './small-model.ts'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const
const noDropout = { ...trainerOptions, dropout: { residual: 0, attention: 0, activation: 0 } }
const tokensOf = (batch: readonly TokenPair[]) => batch.reduce((sum, { target }) => sum + target.length, 0)

/** A larger model of the same vocabulary, in pre-norm, with its own output matrix and without a bias. */
function largeTeacher(): Weights {
  const stack = { layers: 2, heads: 2, dHead: 6, dFeedForward: 20 }
  const norm = { ...modelConfig.norm, order: 'pre' } as const
  const output = { tiedOutput: false, outputBias: false, outputScale: 0.5 }
  const weights = new Weights({ ...modelConfig, dModel: 12, encoder: stack, decoder: stack, norm, ...output })
  initialize(weights, 3)
  return weights
}

describe.each(backends)('learning from a teacher ($name)', ({ make }) => {
  function withPlayer<T>(test: (player: Player) => T): T {
    const player = make()
    try {
      return test(player)
    } finally {
      player.close()
    }
  }

  it('does not diverge from an equal teacher, and has nothing to learn then', () =>
    withPlayer((player) => {
      const distillation = { teacher: newWeights(), share: 1, temperature: 2 }
      const step = new TrainingStep(player, newWeights(), { ...noDropout, distillation })
      const batch = pairs(5)
      expect(Math.abs(step.accumulate(batch, 1, tokensOf(batch)))).toBeLessThan(1e-4)
      expect(step.norm()).toBeLessThan(1e-6)
    }))

  it('weights the teacher, and ignores it in the validation loss', () =>
    withPlayer((player) => {
      const batch = pairs(5)
      const teacher = largeTeacher()
      const stepWith = (share: number) =>
        new TrainingStep(player, newWeights(), { ...noDropout, distillation: { teacher, share, temperature: 1 } })
      const lossWith = (share: number) => stepWith(share).accumulate(batch, 1, 1)
      const plain = new TrainingStep(player, newWeights(), noDropout)
      const [targets, divergence] = [plain.accumulate(batch, 1, 1), lossWith(1)]
      expect(divergence).toBeGreaterThan(0.1)
      expect(lossWith(0.3)).toBeCloseTo(0.7 * targets + 0.3 * divergence, 3)
      expect(stepWith(0.3).loss(batch)).toBe(plain.loss(batch))
    }))

  it('approaches the teacher, whatever the targets are, and leaves it unchanged', () =>
    withPlayer((player) => {
      const teacher = largeTeacher()
      const before = teacher.values.slice()
      const distillation = { teacher, share: 1, temperature: 1 }
      const step = new TrainingStep(player, newWeights(), { ...noDropout, distillation })
      const batch = pairs(5)
      const count = tokensOf(batch)
      const divergences = Array.from({ length: 60 }, (_, i) => {
        const sum = step.accumulate(batch, i + 1, count)
        step.update(i + 1, 0.02, step.norm())
        return sum / count
      })
      expect(divergences.at(-1)).toBeLessThan(divergences[0] / 10)
      expect(teacher.values).toEqual(before)
    }))
})

describe('training with the model of a folder as teacher', () => {
  let teacher: TrainResult
  beforeAll(async () => {
    const model = { dModel: 24, heads: 2, encoderLayers: 2, decoderLayers: 1, dFeedForward: 48, maxLength: 40 }
    teacher = await train(smallConfig({ model, training: { steps: 20 } }), newFolder(), js)
  })

  /** Settings of a student of that teacher, or of another; `more` replaces settings. */
  function studentConfig(training: object = {}, more: object = {}): TrainConfig {
    const data = { train: { path: pairsFile() }, heldOut: 20 }
    const model = { dModel: 16, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 32, maxLength: 40 }
    const all = { teacher: teacher.model, steps: 12, batchTokens: 300, learningRate: 0.01, saveEvery: 5, ...training }
    return readTrainConfig({ data, model, training: all, validation: { every: 4, sentences: 2 }, ...more }, 'a test')
  }

  it("takes the teacher's vocabulary, and makes a model of its own shape", async () => {
    const preparing: string[] = []
    const listener = { preparing: (what: string) => preparing.push(what) }
    const { model } = await train(studentConfig(), newFolder(), js, listener)
    expect(preparing).toEqual(['pairs'])
    const [student, other] = [model!, teacher.model!].map((folder) => loadFolder(folder))
    const stack = { layers: 1, heads: 2, dHead: 8, dFeedForward: 32 }
    const shape = { dModel: 16, embeddingScale: 4, encoder: stack, decoder: stack }
    expect(student.config).toEqual({ ...other.config, ...shape })
    for (const file of ['source.spm', 'target.spm', 'vocab.json', 'tokenizer_config.json'])
      expect(readFileSync(join(model!, file)).equals(readFileSync(join(teacher.model!, file))), file).toBe(true)
  })

  it("learns something else than without a teacher, the less so the smaller the teacher's weight", async () => {
    const lossAt = async (training: object) => {
      const losses: number[] = []
      await train(studentConfig({ steps: 1, ...training }), newFolder(), js, { step: ({ loss }) => losses.push(loss) })
      return losses[0]
    }
    const [half, little, warm] = [
      await lossAt({}),
      await lossAt({ teacherWeight: 0.01 }),
      await lossAt({ teacherTemperature: 3 }),
    ]
    expect(new Set([half, little, warm]).size).toBe(3)
    expect(half).toBeLessThan(little) // a divergence is less than the cross-entropy by the teacher's own entropy
  })

  it('ends with the same bits when it is interrupted, and does not need the folder any more', async () => {
    const folder = join(newFolder(), 'model')
    cpSync(teacher.model!, folder, { recursive: true })
    const config = studentConfig({ teacher: folder })
    const whole = await train(config, newFolder(), js)
    const run = newFolder()
    for (const at of [1, 6]) {
      const controller = new AbortController()
      const step = (report: { step: number }) => report.step === at && controller.abort()
      await train(config, run, { ...js, signal: controller.signal }, { step })
      rmSync(folder, { recursive: true, force: true })
    }
    const ended = await train(config, run, js)
    expect(weightsOf(ended.model!).equals(weightsOf(whole.model!))).toBe(true)
    expect(ended.scores).toEqual(whole.scores)
  })

  it('is a different training from one of another teacher, or of none', async () => {
    const run = newFolder()
    await train(studentConfig({ steps: 1 }), run, js)
    await expect(train(studentConfig({ teacher: 'another' }), run, js)).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/^training.teacher was ".*" and is ".*another"/),
    })
    const byAnotherPath = { teacher: relative('.', teacher.model!) }
    const further = await train(studentConfig({ steps: 2, teacherWeight: 0.1, ...byAnotherPath }), run, js)
    expect(further).toMatchObject({ ended: 'done', step: 2 })
  })

  it("further trains a model that has the teacher's vocabulary, and names the difference from any other", async () => {
    const same = await train(studentConfig({}, { model: undefined, from: teacher.model }), newFolder(), js)
    expect(same.ended).toBe('done')
    const fewer = await train(smallConfig({ vocabulary: { size: 40 }, training: { steps: 1 } }), newFolder(), js)
    const exchanged = join(newFolder(), 'model')
    cpSync(teacher.model!, exchanged, { recursive: true })
    const pieces = Object.entries<number>(JSON.parse(readFileSync(join(exchanged, 'vocab.json'), 'utf8')))
    const others = pieces.map(([piece, id]) => [piece, id === 7 || id === 8 ? 15 - id : id])
    writeFileSync(join(exchanged, 'vocab.json'), JSON.stringify(Object.fromEntries(others)))
    const refused = async (from: string | null) => {
      const run = newFolder()
      const slip = train(studentConfig({}, { model: undefined, from }), run, js)
      await expect(slip).rejects.toMatchObject({ code: 'ERR_OPTION' })
      expect(existsSync(join(run, 'teacher'))).toBe(false) // so that it can be mended
      return slip.catch((error: Error) => error.message)
    }
    expect(await refused(fewer.model)).toMatch(/it has \d+ source ids and the student \d+/)
    expect(await refused(exchanged)).toMatch(/source id 7 is "\S+" to it and "\S+" to the student/)
  })
})
