import type { Player } from '../../../engine/backend/interface/backend.ts'
import { mix } from '../../../engine/backend/interface/random.ts'
import { raggedPairs, type TokenPair } from '../../../engine/decode/step/index.ts'
import { PositionTable } from '../../../engine/model/position-table.ts'
import { LoadedProgram } from '../../../engine/program/loaded.ts'
import { blocksOf } from '../../../engine/program/ops/sum-of-squares.ts'
import type { DropoutRates } from '../../../engine/program/program.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import type { TrainedAdapter } from '../lora/trained-adapter.ts'
import type { Trainable } from '../state/random.ts'
import { TrainedExperts } from './experts.ts'
import { Optimizer, type OptimizerOptions } from './optimizer.ts'
import { type Distillation, gradientProgram, type LossOptions, lossProgram, normProgram } from './programs.ts'
import { Teacher } from './teacher.ts'
import { TrainedLatents } from './trained-latents.ts'

/** What a training step computes: its loss, dropout, optimizer and limit of the gradient. */
export interface StepOptions {
  loss: LossOptions
  dropout: DropoutRates
  optimizer: OptimizerOptions
  /** The distillation, if there is a teacher. */
  distillation?: Distillation
  /** The adapter that is trained in place of the weights. */
  adapter?: TrainedAdapter
  /** Gradients are scaled down to this global norm; 0 is off. */
  clip: number
  seed: number
}

/** Adds up the gradients of a step's batches, which a training may divide among processes. */
export interface StepGradients {
  /** Adds up the gradients of all batches of step `step`; see `TrainingStep.accumulate`. Returns each batch's sum of losses. */
  accumulate(batches: readonly (readonly TokenPair[])[], step: number, tokens: number): Promise<number[]>
}

/** Runs the programs of training: gradients of batches add up until `update` takes a step with them. */
export class TrainingStep {
  readonly #weights: Weights
  readonly #options: StepOptions
  readonly #gradientProgram: LoadedProgram
  readonly #lossProgram: LoadedProgram
  readonly #normProgram: LoadedProgram
  readonly #optimizer: Optimizer
  readonly #teacher: Teacher | null
  readonly #experts: TrainedExperts
  readonly #latents: TrainedLatents | null
  readonly #positions: PositionTable
  /** The sum of the gradients of a step's batches; zeros if none has been added. */
  readonly gradients: Float32Array
  /** The gradients of one batch, if a step has several. */
  #own: Float32Array | null = null
  readonly #sums: Float32Array
  /** Gradients of the model's own weights that nobody reads, where an adapter is trained. */
  readonly #beside: Float32Array
  #batches = 0

  constructor(player: Player, weights: Weights, options: StepOptions) {
    const { loss, dropout, distillation, adapter } = options
    const trained: Trainable = adapter ?? weights
    const size = trained.values.length
    this.#weights = weights
    this.#options = options
    const gradients = gradientProgram(weights, loss, dropout, distillation, adapter)
    this.#gradientProgram = new LoadedProgram(player, gradients)
    this.#experts = new TrainedExperts(gradients, weights.config)
    const { latents } = weights.config
    this.#latents = latents ? new TrainedLatents(player, weights, latents, options.seed) : null
    this.#lossProgram = new LoadedProgram(player, lossProgram(weights, loss, adapter))
    this.#normProgram = new LoadedProgram(player, normProgram(size))
    this.#optimizer = new Optimizer(player, trained, options.optimizer)
    this.#teacher = distillation ? new Teacher(player, distillation.teacher) : null
    this.#positions = PositionTable.of(weights.config)
    this.gradients = new Float32Array(size)
    const beside = adapter ? (gradients.bound.find(({ name }) => name === 'gradients')?.width ?? 0) : 0
    this.#beside = new Float32Array(beside)
    this.#sums = new Float32Array(blocksOf(size))
  }

  /** The arrays, apart from the weights, that training changes; a checkpoint has to store them. */
  get moments(): Readonly<Record<string, Float32Array>> {
    return { ...this.#optimizer.moments, ...this.#latents?.state }
  }

  /**
   * Adds the gradients of a batch's loss, summed over its target tokens and divided by `tokens`, the number of tokens
   * in all batches of the step. Returns the sum of losses. The gradients of each batch are computed separately and
   * added to those of the batches before, ((g₀ + g₁) + g₂) + …, so that the sum has the same bits wherever they are
   * computed.
   */
  accumulate(batch: readonly TokenPair[], step: number, tokens: number): number {
    const place = this.#batches++
    if (place === 0) return this.gradientsOf(batch, step, place, tokens, this.gradients)
    this.#own ??= new Float32Array(this.gradients.length)
    const loss = this.gradientsOf(batch, step, place, tokens, this.#own)
    addTo(this.gradients, this.#own)
    this.#own.fill(0)
    return loss
  }

  /**
   * Adds the gradients of one batch to `gradients`, and returns its sum of losses. The masks of dropout follow from the
   * seed, the step and the batch's index in the step, from 0.
   */
  gradientsOf(
    batch: readonly TokenPair[],
    step: number,
    place: number,
    tokens: number,
    gradients: Float32Array,
  ): number {
    const { rows, arrays } = raggedPairs(batch, this.#weights.config, this.#positions)
    const losses = new Float32Array(rows.T)
    const seed = Int32Array.of(mix(mix(this.#options.seed ^ Math.imul(step, 0x9e3779b9)) + place))
    this.#gradientProgram.play(rows, {
      ...arrays,
      ...this.#teacher?.read(batch),
      seed,
      'loss.scale': Float32Array.of(1 / tokens),
      ...this.#experts.arrays(rows, seed[0], 1 / tokens),
      ...this.#latents?.arrays(rows, seed[0], 1 / tokens),
      ...this.#bound(gradients),
      losses,
    })
    return sum(losses)
  }

  /** The values that are trained, where they are not the model's, and their gradients. */
  #bound(gradients: Float32Array): Readonly<Record<string, Float32Array>> {
    const { adapter } = this.#options
    return adapter ? { ...adapter.arrays, ...adapter.gradients(gradients), gradients: this.#beside } : { gradients }
  }

  /** The norm of the gradients accumulated so far; not finite if training has broken down. */
  norm(): number {
    this.#normProgram.play({}, { gradients: this.gradients, sums: this.#sums })
    return Math.sqrt(sum(this.#sums))
  }

  /** Takes one step with the accumulated gradients, whose norm is `norm`; the gradients are zero afterwards. */
  update(step: number, learningRate: number, norm: number): void {
    const { clip } = this.#options
    const factor = clip > 0 && norm > clip ? clip / norm : 1
    this.#optimizer.update(this.gradients, step, learningRate, factor)
    this.#latents?.update(step)
    this.#batches = 0
  }

  /** The sum of losses of a batch without dropout and without a teacher; the weights do not change. */
  loss(batch: readonly TokenPair[]): number {
    const { rows, arrays } = raggedPairs(batch, this.#weights.config, this.#positions)
    const losses = new Float32Array(rows.T)
    this.#lossProgram.play(rows, { ...arrays, losses, ...this.#options.adapter?.arrays })
    return sum(losses)
  }
}

/** sum += values, each rounded to float32. */
export function addTo(sum: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i]
}

function sum(values: Float32Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
