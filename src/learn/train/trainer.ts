import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import type { EncodedSource, TokenPair } from '../../engine/decode/step/index.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { Batches } from './batches/batch-stream.ts'
import { checkSameArrays } from './ranks/agreement.ts'
import { alone, fromFirst, type Ranks } from './ranks/ranks.ts'
import { learningRate, type ScheduleOptions } from './settings/schedule.ts'
import {
  averageCheckpoints,
  checkpointSteps,
  pruneCheckpoints,
  readCheckpoint,
  removePartials,
  type StoredState,
  writeCheckpoint,
} from './state/checkpoint.ts'
import { type Progress, readProgress } from './state/progress.ts'
import type { Trainable } from './state/random.ts'
import { leaveBatches } from './step/broken-step.ts'
import { type StepGradients, type StepOptions, TrainingStep } from './step/training-step.ts'
import { type Scores, targetTokens, turn, type Validation, Validator } from './step/validation.ts'
import type { TrainerListener } from './trainer-listener.ts'

export interface TrainerOptions extends StepOptions {
  /** Training ends after this many steps, or with the batches. */
  steps: number
  schedule: ScheduleOptions
  /** The number of batches whose gradients add up to one step. */
  accumulate: number
  /** Steps between validations, and between checkpoints. */
  validateEvery: number
  saveEvery: number
  /**
   * Training stops after this many validations in a row without a better loss, and the result is the best checkpoint; 0
   * is never.
   */
  patience: number
  /** The number of last checkpoints that are kept, in addition to the best one and to those that `average` needs. */
  keep: number
  /**
   * The number of last checkpoints whose mean is the result, among those at multiples of `saveEvery` and the one at the
   * end; 1 is no mean.
   */
  average: number
  /** Decay of the exponential moving average of the weights. Validations measure that average, and it is the result; 0 is no average. */
  ema: number
  /** The beams of translations in validations. */
  beams: number
}

/** The reason why a training is over. */
type Ended = 'done' | 'patience' | 'stopped'

/**
 * Trains the weights in place: steps, validations, checkpoints. A run that is stopped and started again ends with the same bits as an
 * uninterrupted run, because the checkpoint has the whole state, and random numbers follow from the seed and the step.
 */
export class Trainer {
  readonly #player: Player
  readonly #weights: Weights
  readonly #options: TrainerOptions
  readonly #folder: string
  readonly #checkpoints: string
  readonly #listener: TrainerListener
  readonly #ranks: Ranks
  /** The weights, or an adapter of these. */
  readonly #trained: Trainable
  readonly #training: TrainingStep
  readonly #gradients: StepGradients
  readonly #average: Float32Array | null
  #validator: Validator | null = null
  #progress: Progress = { step: 0, best: { step: 0, loss: null }, worse: 0, batches: null }
  /** The step of the latest checkpoint. */
  #saved = 0

  /**
   * Without a checkpoint, training begins with the present values of `weights`. With several ranks, only rank 0
   * measures, saves and has a listener; all take the same steps.
   */
  constructor(
    player: Player,
    weights: Weights,
    folder: string,
    options: TrainerOptions,
    { listener = {}, ranks = alone }: { listener?: TrainerListener; ranks?: Ranks } = {},
  ) {
    this.#player = player
    this.#weights = weights
    this.#folder = folder
    this.#checkpoints = join(folder, 'checkpoints')
    this.#options = options
    this.#listener = ranks.rank === 0 ? listener : {}
    this.#ranks = ranks
    this.#training = new TrainingStep(player, weights, options)
    this.#gradients = ranks.stepGradients(this.#training)
    this.#trained = options.adapter ?? weights
    this.#average = options.ema ? Float32Array.from(this.#trained.values) : null
  }

  /**
   * Reads the latest checkpoint, if there is one. Returns its plain data, including the state of the batches, or null.
   * @throws GlassformerError ERR_MODEL_FORMAT if the checkpoint is damaged or belongs to another model
   */
  resume(): StoredState | null {
    if (this.#isFirst) removePartials(this.#checkpoints)
    const latest = checkpointSteps(this.#checkpoints).at(-1)
    if (latest === undefined) return null
    const state = readCheckpoint(this.#checkpoints, latest, this.#arrays())
    this.#progress = readProgress(state)
    this.#saved = latest
    return state
  }

  get #isFirst(): boolean {
    return this.#ranks.rank === 0
  }

  get step(): number {
    return this.#progress.step
  }

  /**
   * Trains until the steps are done, patience is over or `signal` fires in one of the ranks, and saves a checkpoint.
   * After a signal the present step and its validation are still completed.
   * @throws GlassformerError ERR_TRAINING for a loss that is not finite; ERR_FILE if a checkpoint cannot be saved
   */
  async run(batches: Batches, validation: Validation | null, signal?: AbortSignal): Promise<Ended> {
    const { validateEvery, saveEvery } = this.#options
    for (;;) {
      const ended = await this.#ended(batches, signal)
      if (ended) {
        if (this.#saved !== this.step) await this.#save()
        return ended
      }
      if (!(await this.#takeStep(batches))) continue
      const best = validation && this.step % validateEvery === 0 ? await this.#validate(validation) : false
      if (best || this.step % saveEvery === 0) await this.#save()
      await turn()
    }
  }

  async #ended(batches: Batches, signal?: AbortSignal): Promise<Ended | null> {
    const { steps, patience } = this.#options
    const isStopped = await this.#agree(signal)
    if (this.step >= steps || batches.isOver) return 'done'
    if (patience && this.#progress.worse >= patience) return 'patience'
    return isStopped ? 'stopped' : null
  }

  /**
   * Whether the signal of any rank has fired.
   * @throws GlassformerError ERR_INPUT if the ranks have read different pairs
   */
  async #agree(signal?: AbortSignal): Promise<boolean> {
    const own = { isStopped: signal?.aborted === true, batches: JSON.stringify(this.#progress.batches) }
    const all = await this.#ranks.all(own)
    const other = all.findIndex(({ batches }) => batches !== all[0].batches)
    if (other > 0)
      throw new GlassformerError(
        'ERR_INPUT',
        `step ${this.step}: rank ${other} of ${all.length} has read other pairs than rank 0: give all ranks the same files`,
      )
    return all.some(({ isStopped }) => isStopped)
  }

  /**
   * Loads the result into the weights: the mean of the last checkpoints, else with patience the best one, else the last
   * one. If there is a moving average, these are checkpoints of the average. Call this when training is over.
   */
  finish(): void {
    const { average, patience } = this.#options
    const { values } = this.#trained
    const name = this.#average ? 'average' : 'weights'
    const best = this.#progress.best.step
    if (average > 1) values.set(averageCheckpoints(this.#checkpoints, this.#lastForAverage(), 'weights', values.length))
    else if (patience && best) readCheckpoint(this.#checkpoints, best, { [name]: values })
    else if (this.#average) values.set(this.#average)
  }

  /** Takes one step; returns false if there are no more batches. */
  async #takeStep(batches: Batches): Promise<boolean> {
    const started = performance.now()
    const step = this.step + 1
    const parts = []
    for (let i = 0; i < this.#options.accumulate; i++) {
      const batch = await batches.next()
      if (batch) parts.push(batch)
    }
    if (!parts.length) return false
    const tokens = parts.reduce((sum, { pairs }) => sum + targetTokens(pairs), 0)
    const losses = await this.#gradients.accumulate(
      parts.map(({ pairs }) => pairs),
      step,
      tokens,
    )
    const loss = losses.reduce((sum, each) => sum + each / tokens, 0)
    const gradientNorm = this.#training.norm()
    for (const [what, value] of Object.entries({ loss, 'norm of the gradients': gradientNorm }))
      if (!Number.isFinite(value)) {
        const pieces = (pair: TokenPair) => batches.pieces(pair)
        const left = this.#isFirst ? leaveBatches(this.#folder, step, parts, pieces) : 'rank 0 leaves its batches'
        throw trainingError(step, `the ${what} is ${value}; ${left}`)
      }
    const rate = learningRate(this.#options.schedule, step)
    this.#training.update(step, rate, gradientNorm)
    if (this.#average)
      follow(this.#average, this.#trained.values, Math.min(this.#options.ema, (1 + step) / (10 + step)))
    this.#progress = { ...this.#progress, step, batches: batches.state() }
    const padding = parts.reduce((sum, { paddingShare }) => sum + paddingShare, 0) / parts.length
    const seconds = (performance.now() - started) / 1000
    this.#listener.step?.({
      step,
      epoch: parts[0].epoch,
      loss,
      learningRate: rate,
      gradientNorm,
      tokens,
      seconds,
      paddingShare: padding,
      dropped: batches.dropped,
    })
    return true
  }

  /** Validates the model; returns whether the validation is the best so far. */
  async #validate(validation: Validation): Promise<boolean> {
    const measured = await fromFirst(this.#ranks, () => this.#measureAverage(validation))
    const { step, best: before, worse } = this.#progress
    const best = Number.isFinite(measured.loss) && (before.loss === null || measured.loss < before.loss)
    this.#progress = {
      ...this.#progress,
      worse: best ? 0 : worse + 1,
      best: best ? { step, loss: measured.loss } : before,
    }
    this.#listener.validation?.({ step, ...measured, best })
    return best
  }

  /** Measures the model. A moving average, if there is one, replaces the weights meanwhile. */
  async #measureAverage(validation: Validation): Promise<Scores> {
    const { values } = this.#trained
    const own = this.#average && values.slice()
    if (this.#average) values.set(this.#average)
    return this.evaluate(validation).finally(() => own && values.set(own))
  }

  /** Measures the weights as they are now. */
  async evaluate(validation: Validation): Promise<Scores> {
    return this.#measuring().measure(validation)
  }

  /** The best translation of each source, by the weights as they are now. */
  async translate(sources: readonly EncodedSource[]): Promise<number[][]> {
    return this.#measuring().translate(sources)
  }

  #measuring(): Validator {
    this.#validator ??= new Validator(this.#player, this.#weights, this.#training, this.#options)
    return this.#validator
  }

  async #save(): Promise<void> {
    const { step, best } = this.#progress
    const arrays = this.#arrays()
    await checkSameArrays(this.#ranks, arrays, `step ${step}`)
    for (const [name, values] of Object.entries(arrays))
      if (!areFinite(values)) throw trainingError(step, `the ${name} are no longer finite`)
    this.#saved = step
    if (!this.#isFirst) return
    const path = writeCheckpoint(this.#checkpoints, { step, arrays, state: { ...this.#progress } })
    const last = checkpointSteps(this.#checkpoints).slice(-Math.max(1, this.#options.keep))
    pruneCheckpoints(this.#checkpoints, new Set([...last, ...this.#lastForAverage(), best.step]))
    this.#listener.saved?.(path)
  }

  /**
   * The last checkpoints for the mean, without those from an interruption or a validation, which would change the mean.
   */
  #lastForAverage(): number[] {
    const { average, saveEvery } = this.#options
    if (average <= 1) return []
    const steps = checkpointSteps(this.#checkpoints)
    return steps.filter((step) => step % saveEvery === 0 || step === this.step).slice(-average)
  }

  /** @throws GlassformerError ERR_TRAINING if the initial values, weights and moments, of the ranks differ */
  async checkSame(): Promise<void> {
    await checkSameArrays(this.#ranks, this.#arrays(), `step ${this.step}`)
  }

  #arrays(): Record<string, Float32Array> {
    return {
      weights: this.#trained.values,
      ...this.#training.moments,
      ...(this.#average && { average: this.#average }),
    }
  }
}

/**
 * Whether all values are finite. 0 times a finite number is 0, and 0 times any other value is NaN: this is one pass without branches,
 * because there are many values.
 */
function areFinite(values: Float32Array): boolean {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += 0 * values[i]
  return sum === 0
}

const trainingError = (step: number, what: string) =>
  new GlassformerError(
    'ERR_TRAINING',
    `step ${step}: ${what}; no checkpoint was touched: try a lower learning rate, a longer warm-up or clipping`,
  )

/**
 * One step of the moving average. The decay is lower at first, min(decay, (1 + step) / (10 + step)), so that the first values
 * are soon forgotten (TensorFlow's ExponentialMovingAverage; Marian does the same).
 */
function follow(average: Float32Array, values: Float32Array, decay: number): void {
  for (let i = 0; i < average.length; i++) average[i] = decay * average[i] + (1 - decay) * values[i]
}
