import type { Player } from '../../../engine/backend/interface/backend.ts'
import { raggedPairs, type TokenPair } from '../../../engine/decode/step/index.ts'
import { PositionTable } from '../../../engine/model/position-table.ts'
import { wholeModel } from '../../../engine/model/transformer.ts'
import type { Tensor } from '../../../engine/program/instructions/tensor.ts'
import { LoadedProgram } from '../../../engine/program/loaded.ts'
import { linearWeightGradient } from '../../../engine/program/ops/linear.ts'
import { Program } from '../../../engine/program/program.ts'
import { playedWeights } from '../../../engine/weights/parameters.ts'
import type { Weights } from '../../../engine/weights/weights.ts'

/**
 * Sums of xᵀ x over the inputs x of each linear layer of a model, while it reads pairs of a calibration text. Linear layers of the same input
 * share one sum. Experts, whose rows are chosen within an op, have none.
 */
export class InputProducts {
  readonly #weights: Weights
  readonly #program: LoadedProgram
  readonly #positions: PositionTable
  /** The sums by the names under which the program binds them, and these names by weight. */
  readonly #sums: Record<string, Float32Array> = {}
  readonly #names = new Map<string, string>()

  /** `weights` must be in float32, in rows. */
  constructor(player: Player, weights: Weights) {
    const p = new Program('inputs', weights)
    p.output(wholeModel(p, weights.config), 'states')
    const names = new Map<Tensor, string>()
    for (const { op, inputs } of [...p.instructions]) {
      if (op.name !== 'linear') continue
      const [x, weight] = inputs as [Tensor, Tensor]
      const name = names.get(x) ?? `products.${names.size}`
      this.#names.set(weight.name, name)
      if (names.has(x)) continue
      names.set(x, name)
      this.#sums[name] = new Float32Array(x.width * x.width)
      linearWeightGradient(p, { x, dy: x, dWeight: p.input(name, x.width, x.width) }, { scale: 1 })
    }
    for (const { name, parts } of playedWeights(weights.config))
      for (const part of parts) {
        const of = this.#names.get(name)
        if (of !== undefined) this.#names.set(part.name, of)
      }
    this.#weights = weights
    this.#program = new LoadedProgram(player, p)
    this.#positions = PositionTable.of(weights.config)
  }

  /** Reads some pairs as one batch. */
  add(pairs: readonly TokenPair[]): void {
    const { config } = this.#weights
    const { rows, arrays } = raggedPairs(pairs, config, this.#positions)
    this.#program.play(rows, { ...arrays, ...this.#sums, states: new Float32Array(rows.T * config.dModel) })
  }

  /** The sum of a parameter's inputs [width, width]; undefined for one that is no linear layer's. */
  of(parameter: string): Float32Array | undefined {
    const name = this.#names.get(parameter)
    return name === undefined ? undefined : this.#sums[name]
  }
}
