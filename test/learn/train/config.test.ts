import { describe, expect, it } from 'vitest'
import { planned, readTrainConfig } from '#dist/learn/train/settings/config.js'
import { noamPeak } from '#dist/learn/train/settings/schedule.js'
import { trainerOptionsOf } from '#dist/learn/train/trainer-options.js'

const read = (json: Record<string, object> = {}) =>
  readTrainConfig({ data: { train: { path: 'a.tsv' } }, ...json }, 'run.json')

describe('settings of a training', () => {
  it('have a default for everything but the data', () => {
    const { model, training } = read()
    expect(model).toMatchObject({ dModel: 256, heads: 4, norm: 'post' })
    expect(training).toMatchObject({
      clip: 1,
      average: 1,
      ema: 0,
      patience: 0,
      optimizer: 'adam',
      beta2: 0.98,
    })
    expect(() => readTrainConfig({}, 'run.json')).toThrow(/run.json: data is missing/)
    expect(() => readTrainConfig(null!, 'run.json')).toThrow(/run.json: settings must be an object/)
  })

  it('may let only the teacher count', () => {
    expect(read({ training: { teacher: 'large', teacherWeight: 1 } }).training.teacherWeight).toBe(1)
  })

  it("take the paper's peak for noam, and Adafactor's own rate for relative", () => {
    const noam = read({ model: { dModel: 512 }, training: { schedule: 'noam', warmup: 4000 } })
    expect(noam.training.learningRate).toBe(noamPeak(512, 4000))
    expect(read({ training: { schedule: 'relative' } }).training.learningRate).toBe(1e-2)
  })

  it('know AdamW by its name: Adam with decoupled weight decay', () => {
    const optimizerOf = (training: object) => trainerOptionsOf(planned(read({ training }), 10), {}).optimizer
    expect(optimizerOf({ optimizer: 'adamw' })).toEqual({ ...optimizerOf({}), decay: 0.01 })
    expect(optimizerOf({ optimizer: 'adamw', weightDecay: 0.1 }).decay).toBe(0.1)
  })

  it.each<[Record<string, object>, RegExp]>([
    [{ model: { dModel: 30 } }, /model.heads is missing; it must be a divisor of dModel 30/],
    [
      { model: { dModel: 33, heads: 3, positions: 'interleaved' } },
      /model.dModel must be even where positions are interleaved, not 33/,
    ],
    [{ model: { layers: 3 } }, /unknown key model.layers/],
    [
      { model: { positions: 'sinusoid' } },
      /model.positions must be one of interleaved, halves, timingSignal, learned, relative, buckets, rotary, none, not "sinusoid"/,
    ],
    [{ model: { positions: 'relative', clip: 0 } }, /model.clip must be an integer from 1 to 32767, not 0/],
    [{ model: { positions: 'relative', clip: 40_000 } }, /model.clip must be an integer from 1 to 32767, not 40000/],
    [{ model: { clip: 8 } }, /model.clip must be left out where positions are halves, not 8/],
    [{ model: { tying: 'both' } }, /model.tying must be one of all, embeddings, output, none, not "both"/],
    [
      { model: { tying: 'embeddings' }, vocabulary: { sharing: 'separate' } },
      /model.tying must be one of all, output, none where vocabulary.sharing is 'separate', not "embeddings"/,
    ],
    [{ model: { initialization: 'zero' } }, /model.initialization must be one of glorot, normal, not "zero"/],
    [{ data: { train: { path: 'a.tsv' }, unit: 'lines' } }, /data.unit must be one of texts, sentences, not "lines"/],
    [{ vocabulary: { joiner: '@@' } }, /vocabulary.type is missing; it must be 'words' where there is a joiner/],
    [{ vocabulary: { punctuation: 'none' } }, /vocabulary.punctuation must be one of plain, kept, not "none"/],
    [
      { vocabulary: { type: 'words', punctuation: 'kept' } },
      /vocabulary.punctuation must be left out where type is 'words', not "kept"/,
    ],
    [{ model: { activation: 'tanh' } }, /model.activation must be one of relu, gelu, geluTanh, swish/],
    [{ model: { norm: 'none' } }, /model.norm must be one of post, postFinal, pre/],
    [{ training: { learningRate: 0 } }, /training.learningRate must be above 0, not 0/],
    [{ training: { clip: -1 } }, /training.clip must be at least 0, not -1/],
    [{ training: { beta2: 1 } }, /training.beta2 must be at least 0 and below 1, not 1/],
    [{ training: { epsilon: 0 } }, /training.epsilon must be above 0/],
    [{ training: { labelSmoothing: 1 } }, /training.labelSmoothing must be at least 0 and below 1/],
    [{ training: { dropout: 1 } }, /training.dropout must be at least 0 and below 1/],
    [{ training: { dropout: -0.1 } }, /training.dropout must be at least 0 and below 1, not -0.1/],
    [{ training: { dropout: Number.NaN } }, /training.dropout must be a finite number/],
    [{ training: { learningRate: Infinity } }, /training.learningRate must be a finite number/],
    [{ training: { weightDecay: -0.1 } }, /training.weightDecay must be at least 0/],
    [{ training: { lastLearningRate: -1 } }, /training.lastLearningRate must be at least 0/],
    [{ training: { ema: 0.9, average: 5 } }, /training.ema must be 0 where average is above 1/],
    [
      { training: { teacher: 'large', teacherWeight: 0 } },
      /training.teacherWeight must be above 0 and at most 1, not 0/,
    ],
    [
      { training: { teacher: 'large', teacherWeight: 2 } },
      /training.teacherWeight must be above 0 and at most 1, not 2/,
    ],
    [{ training: { teacher: 'large', teacherTemperature: 0 } }, /training.teacherTemperature must be above 0, not 0/],
    [{ training: { teacherWeight: 0.5 } }, /unknown key training.teacherWeight/],
    [
      { vocabulary: { size: 60 }, training: { teacher: 'large' } },
      /training.teacher names a model, whose vocabulary its student takes: remove vocabulary.size, or training.teacher/,
    ],
    [{ training: { schedule: 'step' } }, /training.schedule must be one of noam, inverseSquareRoot/],
    [
      { data: { train: { path: 'a.tsv' }, heldOut: 0 }, training: { patience: 3 } },
      /data.heldOut must be above 0, as training.patience needs a validation, not 0/,
    ],
  ])('refuse %j', (json, message) => {
    expect(() => read(json)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(message) }),
    )
  })
})
