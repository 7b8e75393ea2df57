import { join } from 'node:path'
import type { Player } from '../backend/backend.ts'
import { Generator } from '../decode/generator.ts'
import type { Pair } from '../decode/lay-out.ts'
import { type GenerationOptions, generationDefaults } from '../decode/options.ts'
import { GlassformerError } from '../errors.ts'
import { corpusBleu } from '../evaluate/bleu.ts'
import { corpusChrf } from '../evaluate/chrf.ts'
import type { JsonObject } from '../formats/json-text.ts'
import { replaceText } from '../formats/replace-file.ts'
import type { Weights } from '../weights/weights.ts'
import { averageCheckpoints, checkpointSteps, pruneCheckpoints, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { learningRate, type ScheduleOptions } from './schedule.ts'
import { type StepOptions, TrainingStep } from './training-step.ts'

/** Where batches come from, one after the other without end; `state` is enough to go on from there in another process. */
export interface Batches {
  next(): Promise<{ pairs: Pair[]; epoch: number; paddingShare: number }>
  state(): JsonObject
}

/** Sentences that are not trained on. */
export interface Validation {
  pairs: readonly Pair[]
  /** The first of these are translated and scored; references as text. */
  sources: readonly (readonly number[])[]
  references: readonly string[]
  decode(ids: readonly number[]): string
}

export interface TrainerOptions extends StepOptions {
  steps: number
  schedule: ScheduleOptions
  /** Batches whose gradients add up to one step. */
  accumulate: number
  /** Steps between validations, and between checkpoints. */
  validateEvery: number
  saveEvery: number
  /** Training stops after this many validations in a row without a better loss; 0: never. */
  patience: number
  /** How many of the last checkpoints are kept, beside the best. */
  keep: number
  /** The result is the mean of this many last checkpoints; 1: the last. */
  average: number
  /** Decay of the exponential moving average of the weights, which then is the result; 0: none. */
  ema: number
  beams: number
}

/** What is told of a step. */
export interface StepReport {
  step: number
  epoch: number
  /** Mean over target tokens, with label smoothing. */
  loss: number
  learningRate: number
  gradientNorm: number
  tokens: number
  seconds: number
  paddingShare: number
}

/** What is told of a validation. */
export interface ValidationReport {
  step: number
  loss: number
  bleu: number
  chrf: number
  samples: { hypothesis: string; reference: string }[]
  best: boolean
}

export interface TrainerListener {
  step?(report: StepReport): void
  validation?(report: ValidationReport): void
  saved?(path: string): void
}

interface Progress extends JsonObject {
  step: number
  best: { step: number; loss: number }
  worse: number
  batches: JsonObject
}

/**
 * Trains the weights in place: steps, validations, checkpoints. A run that is stopped and started again ends with the same bits
 * as one that was not: everything that matters is in the checkpoint, and random numbers follow from the seed and the step.
 */
export class Trainer {
  readonly #player: Player
  readonly #weights: Weights
  readonly #options: TrainerOptions
  readonly #folder: string
  readonly #checkpoints: string
  readonly #listener: TrainerListener
  readonly #training: TrainingStep
  readonly #average: Float32Array | null
  #progress: Progress = { step: 0, best: { step: 0, loss: Infinity }, worse: 0, batches: {} }

  constructor(
    player: Player,
    weights: Weights,
    folder: string,
    options: TrainerOptions,
    listener: TrainerListener = {},
  ) {
    this.#player = player
    this.#weights = weights
    this.#folder = folder
    this.#checkpoints = join(folder, 'checkpoints')
    this.#options = options
    this.#listener = listener
    this.#training = new TrainingStep(player, weights, options)
    this.#average = options.ema ? Float32Array.from(weights.values) : null
  }

  /** Reads the latest checkpoint, where there is one. Returns the state of the batches to go on from, or null. */
  resume(): JsonObject | null {
    const latest = checkpointSteps(this.#checkpoints).at(-1)
    if (latest === undefined) return null
    const state = readCheckpoint(this.#checkpoints, latest, this.#arrays())
    const { best } = state as unknown as Progress
    this.#progress = { ...(state as unknown as Progress), best: { ...best, loss: best.loss ?? Infinity } }
    return this.#progress.batches
  }

  get step(): number {
    return this.#progress.step
  }

  /** Trains until the steps are done, patience is over or `signal` fires, and saves. @throws ERR_TRAINING for a loss that is not finite */
  async run(
    batches: Batches,
    validation: Validation | null,
    signal?: AbortSignal,
  ): Promise<'done' | 'patience' | 'stopped'> {
    const { steps, validateEvery, saveEvery, patience } = this.#options
    while (this.#progress.step < steps) {
      await this.#takeStep(batches)
      const { step } = this.#progress
      if (validation && step % validateEvery === 0) this.#validate(validation)
      const patient = !patience || this.#progress.worse < patience
      const ends = signal?.aborted || !patient || step >= steps
      if (ends || step % saveEvery === 0) this.#save()
      if (!patient) return 'patience'
      if (signal?.aborted) return 'stopped'
      await new Promise((resolve) => setImmediate(resolve)) // signals and timers have their turn
    }
    return 'done'
  }

  /** Puts the result into the weights: the moving average, or the mean of the last checkpoints. Call it when training is over. */
  finish(): void {
    const { average } = this.#options
    if (this.#average) this.#weights.values.set(this.#average)
    else if (average > 1) {
      const last = checkpointSteps(this.#checkpoints).slice(-average)
      this.#weights.values.set(averageCheckpoints(this.#checkpoints, last, 'weights', this.#weights.values.length))
    }
  }

  async #takeStep(batches: Batches): Promise<void> {
    const started = performance.now()
    const step = this.#progress.step + 1
    const parts = []
    for (let i = 0; i < this.#options.accumulate; i++) parts.push(await batches.next())
    const tokens = parts.reduce((sum, { pairs }) => sum + targetTokens(pairs), 0)
    let loss = 0
    for (const { pairs } of parts) loss += this.#training.accumulate(pairs, step, tokens) / tokens
    const gradientNorm = this.#training.norm()
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) this.#breakDown(step, loss, parts)
    const rate = learningRate(this.#options.schedule, step)
    this.#training.update(step, rate, gradientNorm)
    if (this.#average) follow(this.#average, this.#weights.values, this.#options.ema)
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
    })
  }

  #validate({ pairs, sources, references, decode }: Validation): void {
    let [loss, tokens] = [0, 0]
    for (let i = 0; i < pairs.length; i += VALIDATION_BATCH) {
      const batch = pairs.slice(i, i + VALIDATION_BATCH)
      loss += this.#training.loss(batch)
      tokens += targetTokens(batch)
    }
    loss /= Math.max(1, tokens)
    const hypotheses = this.#translate(sources).map(decode)
    const best = loss < this.#progress.best.loss
    const { step } = this.#progress
    this.#progress = {
      ...this.#progress,
      worse: best ? 0 : this.#progress.worse + 1,
      best: best ? { step, loss } : this.#progress.best,
    }
    if (best) this.#save()
    const lists = references.slice(0, hypotheses.length).map((reference) => [reference])
    this.#listener.validation?.({
      step,
      loss,
      bleu: hypotheses.length ? corpusBleu(hypotheses, lists).score : 0,
      chrf: hypotheses.length ? corpusChrf(hypotheses, lists).score : 0,
      samples: hypotheses.slice(0, 8).map((hypothesis, i) => ({ hypothesis, reference: references[i] })),
      best,
    })
  }

  #translate(sources: readonly (readonly number[])[]): number[][] {
    const generator = new Generator(this.#player, this.#weights, { batchTokens: 4096 })
    const options: GenerationOptions = { ...generationDefaults, beams: this.#options.beams }
    const results: number[][] = []
    sources.forEach((source, i) =>
      generator.add({ source, options, done: ([best]) => void (results[i] = best.ids) } as Parameters<
        typeof generator.add
      >[0]),
    )
    while (generator.busy) generator.step()
    return results
  }

  #save(): void {
    const { step, best } = this.#progress
    const path = writeCheckpoint(this.#checkpoints, { step, arrays: this.#arrays(), state: this.#progress })
    const last = checkpointSteps(this.#checkpoints).slice(-Math.max(1, this.#options.keep, this.#options.average))
    pruneCheckpoints(this.#checkpoints, new Set([...last, best.step]))
    this.#listener.saved?.(path)
  }

  #arrays(): Record<string, Float32Array> {
    return {
      weights: this.#weights.values,
      ...this.#training.moments,
      ...(this.#average && { average: this.#average }),
    }
  }

  #breakDown(step: number, loss: number, parts: readonly { pairs: Pair[] }[]): never {
    const path = join(this.#folder, `broken-step-${step}.json`)
    replaceText(path, JSON.stringify(parts.map(({ pairs }) => pairs)))
    throw new GlassformerError(
      'ERR_TRAINING',
      `step ${step}: the loss is ${loss}; its batch is in ${path}, the last checkpoint is untouched: try a lower learning rate, a longer warm-up or clipping`,
    )
  }
}

/** Pairs in one play of a validation. */
const VALIDATION_BATCH = 64

const targetTokens = (pairs: readonly Pair[]) => pairs.reduce((sum, { target }) => sum + target.length, 0)

function follow(average: Float32Array, values: Float32Array, decay: number): void {
  for (let i = 0; i < average.length; i++) average[i] = decay * average[i] + (1 - decay) * values[i]
}
