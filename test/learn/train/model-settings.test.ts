import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadFolder } from '#dist/files/folders/load.js'
import type { JsonObject } from '#dist/formats/json/json-text.js'
import { readTrainConfig, type TrainConfig } from '#dist/learn/train/settings/config.js'
import type { TrainOptions } from '#dist/learn/train/settings/train-options.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { Translator } from '#dist/use/translate/translator.js'
import { nativeReasons } from '../../backends.ts'
import { newFolder, smallConfig, weightsOf } from './small-run.ts'

const options = (backend: TrainOptions['backend']): TrainOptions => ({ backend, threads: 2, precision: 'float32' })
const shape = { dModel: 16, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 32, maxLength: 40 }

/** Settings of a model and of its vocabulary, the resulting configuration, and the layouts that can express it. */
interface Variant {
  model: JsonObject
  sharing?: 'separate'
  expected: JsonObject
  marian: boolean
}

const variants: Variant[] = [
  { model: { positions: 'halves' }, expected: { positions: { kind: 'halves' } }, marian: true },
  ...['interleaved', 'timingSignal', 'none'].map((kind) => ({
    model: { positions: kind },
    expected: { positions: { kind } },
    marian: false,
  })),
  { model: { positions: 'learned' }, expected: { positions: { kind: 'learned', rows: 40, offset: 0 } }, marian: false },
  { model: { positions: 'relative' }, expected: { positions: { kind: 'relative', clip: 16 } }, marian: false },
  { model: { positions: 'relative', clip: 2 }, expected: { positions: { kind: 'relative', clip: 2 } }, marian: false },
  {
    model: { positions: 'buckets' },
    expected: { positions: { kind: 'buckets', buckets: 32, furthest: 128 } },
    marian: false,
  },
  { model: { positions: 'rotary' }, expected: { positions: { kind: 'rotary', base: 10000 } }, marian: false },
  { model: { tying: 'all' }, expected: { sharedEmbedding: true, tiedOutput: true }, marian: true },
  { model: { tying: 'embeddings' }, expected: { sharedEmbedding: true, tiedOutput: false }, marian: true },
  { model: { tying: 'output' }, expected: { sharedEmbedding: false, tiedOutput: true }, marian: true },
  { model: { tying: 'none' }, expected: { sharedEmbedding: false, tiedOutput: false }, marian: true },
  ...['all', 'output', 'none'].map((tying) => ({
    model: { tying },
    sharing: 'separate' as const,
    expected: { sharedEmbedding: false, tiedOutput: tying !== 'none' },
    marian: true,
  })),
  { model: { initialization: 'normal' }, expected: {}, marian: true },
  { model: { norm: 'pre' }, expected: { norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 } }, marian: false },
  ...['gelu', 'geluTanh', 'swish'].map((activation) => ({
    model: { activation },
    expected: { activation },
    marian: true,
  })),
  {
    model: { positions: 'relative', norm: 'pre', tying: 'none', initialization: 'normal', activation: 'swish' },
    expected: { positions: { kind: 'relative', clip: 16 }, sharedEmbedding: false, tiedOutput: false },
    marian: false,
  },
]

const configOf = ({ model, sharing }: Pick<Variant, 'model' | 'sharing'>): TrainConfig =>
  smallConfig({
    model: { ...shape, ...model },
    vocabulary: { size: 60, sharing: sharing ?? 'joint' },
    validation: { sentences: 5 },
  })

/** Trains until the step is `at`. */
function trainTo(at: number, config: TrainConfig, folder: string, backend: TrainOptions['backend']) {
  const controller = new AbortController()
  const step = (report: { step: number }) => report.step === at && controller.abort()
  return train(config, folder, { ...options(backend), signal: controller.signal }, { step })
}

/** The result of one more training step, with a learning rate of 0, on the model in `folder`. */
async function measured(folder: string, { data }: TrainConfig, backend: TrainOptions['backend']) {
  const training = { steps: 1, learningRate: 1e-30, batchTokens: 300 }
  const further = readTrainConfig({ from: folder, data: { ...data }, training, validation: { sentences: 5 } }, 'a test')
  return (await train(further, newFolder(), options(backend))).scores!
}

const backends = (['js', 'native'] as const).filter((name) => name === 'js' || !nativeReasons.length)

describe.each(backends)('a model with settings of its own (%s)', (backend) => {
  it.each(
    // JavaScript, which is slow, runs every seventh of them.
    variants
      .filter((_, i) => backend === 'native' || i % 7 === 0)
      .map((variant) => [JSON.stringify({ ...variant.model, sharing: variant.sharing }), variant] as const),
  )(
    'is trained, written, loaded with the same translations and losses, and goes on to the same bits: %s',
    async (_, variant) => {
      const config = configOf(variant)
      const losses: number[] = []
      const whole = await train(config, newFolder(), options(backend), { step: ({ loss }) => losses.push(loss) })
      expect(losses.at(-1)).toBeLessThan(losses[0])
      expect(loadFolder(whole.model!).config).toMatchObject(variant.expected)
      expect(JSON.parse(readFileSync(join(whole.model!, 'config.json'), 'utf8')).model_type).toBe(
        variant.marian ? 'marian' : 'glassformer',
      )
      await expectSameTranslations(whole, backend)
      expect(await measured(whole.model!, config, backend)).toEqual(whole.scores)
      const folder = newFolder()
      for (const at of [2, 7]) expect(await trainTo(at, config, folder, backend)).toMatchObject({ step: at })
      const rest = await train(config, folder, options(backend))
      expect(weightsOf(rest.model!).equals(weightsOf(whole.model!))).toBe(true)
    },
  )
})

/** A Translator of the folder translates like the training in its last validation. */
async function expectSameTranslations({ model, scores }: TrainResult, backend: TrainOptions['backend']) {
  await using translator = await Translator.load(model!, { backend, workers: 1 })
  for (const { source, hypothesis } of scores!.samples)
    expect((await translator.translate(source, { beams: 1 })).text).toBe(hypothesis)
}

/** Training settings in the form of an old settings.json, in objects of their own. */
function asNested(training: JsonObject): JsonObject {
  const { schedule: kind, learningRate: peak, warmup, lastLearningRate: last, optimizer, ...others } = training
  const { beta1, beta2, epsilon, weightDecay: decay, labelSmoothing: smoothing, smoothingOver: over, ...rest } = others
  const { dropout: residual, attentionDropout: attention, activationDropout: activation, ...plain } = rest
  return {
    ...plain,
    schedule: { kind, peak, warmup, last, total: training.steps },
    optimizer: { kind: optimizer, beta1, beta2, epsilon, decay },
    loss: { smoothing, over },
    dropout: { residual, attention, activation },
  }
}

describe('a training from before positions, tying, initialization and punctuation could be chosen', () => {
  it('resumes with the former settings, to the same bits', async () => {
    const then = smallConfig({ vocabulary: { size: 60, punctuation: 'kept' } })
    const whole = await train(then, newFolder(), options('js'))
    const folder = newFolder()
    await trainTo(5, then, folder, 'js')
    const path = join(folder, 'settings.json')
    const { model, vocabulary, training, ...settings } = JSON.parse(readFileSync(path, 'utf8'))
    const [{ positions, tying, initialization, norm, ...others }, { punctuation, ...pieces }] = [model, vocabulary]
    expect({ positions, tying, initialization, punctuation }).toEqual({
      positions: 'halves',
      tying: 'all',
      initialization: 'glorot',
      punctuation: 'kept',
    })
    const nested = { ...settings, model: { ...others, order: norm }, vocabulary: pieces, training: asNested(training) }
    writeFileSync(path, JSON.stringify(nested))
    rmSync(join(folder, 'SHA256SUMS')) // there was none then
    const changed = configOf({ model: { positions: 'relative', tying: 'none', initialization: 'normal' } })
    await expect(train(changed, folder, options('js'))).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(
        /^vocabulary.punctuation was "kept" and is "plain", model.positions was "halves" and is "relative", model.tying was "all" and is "none", model.initialization was "glorot" and is "normal", model.clip was not set and is 16: /,
      ),
    })
    const rest = await train(then, folder, options('js'))
    expect(weightsOf(rest.model!).equals(weightsOf(whole.model!))).toBe(true)
  })
})

describe('a student', () => {
  const student = async (teacher: Pick<Variant, 'model' | 'sharing'>, model: JsonObject) => {
    const config = configOf(teacher)
    const { model: folder } = await train(
      { ...config, training: { ...config.training, steps: 1 } },
      newFolder(),
      options('js'),
    )
    const training = { steps: 1, batchTokens: 300, teacher: folder! }
    const settings = { data: { ...config.data }, model: { ...shape, ...model }, training }
    return train(readTrainConfig(settings, 'a test'), newFolder(), options('js'))
  }

  it('of a teacher with one vocabulary has the tying of its own settings, whatever its teacher has', async () => {
    const { model } = await student({ model: { tying: 'none' } }, { tying: 'embeddings' })
    expect(loadFolder(model!).config).toMatchObject({ sharedEmbedding: true, tiedOutput: false })
  })

  it('of a teacher with two vocabularies cannot have tied embeddings', async () => {
    await expect(student({ model: {}, sharing: 'separate' }, { tying: 'embeddings' })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/^model.tying must be one of all, output, none, not embeddings/),
    })
  })
})
