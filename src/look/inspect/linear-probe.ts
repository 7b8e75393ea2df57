import { GlassformerError, shown } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings } from '../../base/schema/settings.ts'
import { integer, notNegativeNumber, positiveNumber } from '../../base/schema/types.ts'
import { isArrayOf } from '../../base/values/value-class.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import { mix } from '../../engine/backend/interface/random.ts'
import { Tensor } from '../../engine/program/instructions/tensor.ts'
import { LoadedProgram } from '../../engine/program/loaded.ts'
import { crossEntropyGradient } from '../../engine/program/ops/cross-entropy.ts'
import { Program } from '../../engine/program/program.ts'
import { adamProgram } from '../../learn/train/step/programs.ts'

/** Vectors [rows, width], with the class of each row, from 0. */
export interface LabeledVectors {
  width: number
  values: Float32Array
  labels: readonly number[]
}

export const probeSettings = settings({
  steps: { type: integer(1), default: 200, says: 'steps of Adam, each over all rows' },
  learningRate: { type: positiveNumber, default: 0.01, says: 'of Adam' },
  decay: { type: notNegativeNumber, default: 0.01, says: 'decoupled weight decay' },
  seed: { type: integer(0), default: 1, says: 'of the first weights' },
})

/** Options of the training of a linear probe. */
export interface ProbeOptions extends Given<typeof probeSettings> {}

/**
 * A linear probe (Alain & Bengio 2017): multinomial logistic regression from a vector of the model to a class, trained by the
 * ops that models are trained with. Numbers are shifted and scaled to mean 0 and deviation 1 by those of the training rows.
 */
export class LinearProbe {
  readonly classes: number
  readonly width: number
  /** [classes, width], of normalized vectors. */
  readonly weight: Float32Array
  /** [classes]. */
  readonly bias: Float32Array
  readonly #mean: Float64Array
  readonly #deviation: Float64Array

  private constructor(classes: number, { width, values, labels }: LabeledVectors, parameters: Float32Array) {
    this.classes = classes
    this.width = width
    this.weight = parameters.subarray(0, classes * width)
    this.bias = parameters.subarray(classes * width)
    this.#mean = new Float64Array(width)
    this.#deviation = new Float64Array(width)
    for (const [i, value] of values.entries()) this.#mean[i % width] += value / labels.length
    for (const [i, value] of values.entries())
      this.#deviation[i % width] += (value - this.#mean[i % width]) ** 2 / labels.length
    for (let i = 0; i < width; i++) this.#deviation[i] = Math.sqrt(this.#deviation[i]) || 1
  }

  /** Trains a probe. @throws GlassformerError ERR_OPTION, ERR_INPUT for vectors or labels that do not fit */
  static train(player: Player, data: LabeledVectors, options: ProbeOptions = {}): LinearProbe {
    const { steps, learningRate, decay, seed } = read(probeSettings, options, inOptions)
    checkVectors(data)
    const classes = Math.max(...data.labels) + 1
    const size = classes * data.width + classes
    const parameters = Float32Array.from({ length: size }, (_, i) =>
      i < classes * data.width ? (mix(mix(seed) + i) / 2 ** 31) * data.width ** -0.5 : 0,
    )
    const probe = new LinearProbe(classes, data, parameters)
    const gradient = new LoadedProgram(player, gradientProgram(classes, data.width))
    const adam = new LoadedProgram(player, adamProgram(size))
    const moments = { firstMoments: new Float32Array(size), secondMoments: new Float32Array(size) }
    const gradients = new Float32Array(size)
    const x = probe.#normalized(data.values)
    const rows = data.labels.length
    const arrays = {
      x,
      parameters,
      gradients,
      ids: Int32Array.from(data.labels),
      dLoss: Float32Array.of(1 / rows),
      losses: new Float32Array(rows),
    }
    for (let step = 1; step <= steps; step++) {
      gradient.play({ T: rows }, arrays)
      const rates = Float32Array.of(learningRate, 0.9, 0.999, 1e-8, decay, 1, 1 - 0.9 ** step, 1 - 0.999 ** step)
      adam.play({}, { gradients, rates, parameters, ...moments })
    }
    return probe
  }

  /** The class of each vector [rows, width]. */
  predict(values: Float32Array): number[] {
    const x = this.#normalized(values)
    return Array.from({ length: values.length / this.width }, (_, row) => {
      let [best, most] = [0, -Infinity]
      for (let c = 0; c < this.classes; c++) {
        let score = this.bias[c]
        for (let i = 0; i < this.width; i++) score += this.weight[c * this.width + i] * x[row * this.width + i]
        if (score > most) [best, most] = [c, score]
      }
      return best
    })
  }

  /** The share of rows whose class is right. */
  accuracy(data: LabeledVectors): number {
    checkVectors(data)
    const found = this.predict(data.values)
    return found.filter((label, row) => label === data.labels[row]).length / found.length
  }

  #normalized(values: Float32Array): Float32Array {
    if (!isArrayOf(Float32Array, values) || values.length % this.width)
      throw new GlassformerError('ERR_INPUT', `vectors of a probe lie in a Float32Array, ${this.width} numbers each`)
    return values.map((value, i) => (value - this.#mean[i % this.width]) / this.#deviation[i % this.width])
  }
}

function checkVectors(data: LabeledVectors): void {
  const { width, values, labels } = (data ?? {}) as LabeledVectors
  const isRight =
    Number.isInteger(width) &&
    width > 0 &&
    isArrayOf(Float32Array, values) &&
    Array.isArray(labels) &&
    labels.length > 0 &&
    values.length === width * labels.length &&
    labels.every((label) => Number.isInteger(label) && label >= 0 && label < 10_000) &&
    values.every(Number.isFinite)
  if (!isRight)
    throw new GlassformerError(
      'ERR_INPUT',
      `a probe learns from { width, values, labels }: rows · width finite numbers in a Float32Array, and a class from 0 on for each row, not ${shown(data)}`,
    )
}

/** Losses and gradients of the projection whose weight and bias lie in `parameters`. */
function gradientProgram(classes: number, width: number): Program {
  const p = new Program('probe')
  const size = classes * width + classes
  const part = (of: Tensor, name: string, rows: number, columns: number, start: number) =>
    new Tensor('bound', `${name} of ${of.name}`, { rows, width: columns }, 'float32', { part: { of, start } })
  const [parameters, gradients] = [p.input('parameters', 1, size), p.input('gradients', 1, size)]
  const start = classes * width
  const [losses] = crossEntropyGradient(
    p,
    {
      x: p.input('x', 'T', width),
      weight: part(parameters, 'weight', classes, width, 0),
      bias: part(parameters, 'bias', 1, classes, start),
      ids: p.input('ids', 'T', 1, 'int32'),
      dLoss: p.input('dLoss', 1, 1),
      dWeight: part(gradients, 'weight', classes, width, 0),
      dBias: part(gradients, 'bias', 1, classes, start),
    },
    { smoothing: 0, over: 'all', scale: 1 },
  )
  p.output(losses, 'losses')
  return p
}
