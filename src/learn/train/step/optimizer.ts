import type { Player } from '../../../engine/backend/interface/backend.ts'
import { LoadedProgram } from '../../../engine/program/loaded.ts'
import type { Trainable } from '../state/random.ts'
import { adafactorProgram, adamProgram } from './programs.ts'

/** The optimizer and its constants. `decay` is the decoupled weight decay, which is multiplied by the learning rate. */
export type OptimizerOptions =
  | { kind: 'adam'; beta1: number; beta2: number; epsilon: number; decay: number }
  /**
   * Adafactor with the paper's constants: ε 1e-30 and 1e-3, clipping at 1, β̂₂ = 1 − t^−0.8, and no first moment. The learning rate is
   * relative to RMS(W).
   */
  | { kind: 'adafactor'; decay: number }

/** Adam or Adafactor over all that is trained, with its moments. */
export class Optimizer {
  /** The arrays that the optimizer changes, which a checkpoint has to store. */
  readonly moments: Readonly<Record<string, Float32Array>>
  readonly #weights: Trainable
  readonly #options: OptimizerOptions
  readonly #program: LoadedProgram

  constructor(player: Player, weights: Trainable, options: OptimizerOptions) {
    this.#weights = weights
    this.#options = options
    if (options.kind === 'adam') {
      const size = weights.values.length
      this.#program = new LoadedProgram(player, adamProgram(size))
      this.moments = { firstMoments: new Float32Array(size), secondMoments: new Float32Array(size) }
    } else {
      const { program, rows, columns } = adafactorProgram(weights)
      this.#program = new LoadedProgram(player, program)
      this.moments = { rowMoments: new Float32Array(rows), columnMoments: new Float32Array(columns) }
    }
  }

  /** Takes step `step`, counted from 1, with `factor` times the gradients. The gradients are zero afterwards. */
  update(gradients: Float32Array, step: number, learningRate: number, factor: number): void {
    const rates = ratesOf(this.#options, step, learningRate, factor)
    this.#program.play({}, { gradients, rates, parameters: this.#weights.values, ...this.moments })
  }
}

function ratesOf(options: OptimizerOptions, step: number, learningRate: number, factor: number): Float32Array {
  if (options.kind === 'adafactor')
    return Float32Array.of(learningRate, step ** -0.8, 1e-30, 1e-3, factor, 1, options.decay)
  const { beta1, beta2, epsilon, decay } = options
  return Float32Array.of(learningRate, beta1, beta2, epsilon, decay, factor, 1 - beta1 ** step, 1 - beta2 ** step)
}
