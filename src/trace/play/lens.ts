import { hasTopNorm } from '../../base/choices/norm-order.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import { norm } from '../../engine/model/layers/layers.ts'
import { projection } from '../../engine/model/stack/decoder.ts'
import { LoadedProgram } from '../../engine/program/loaded.ts'
import { Program } from '../../engine/program/program.ts'
import type { Weights } from '../../engine/weights/weights.ts'

/** The number of logit rows in memory at once. */
const ROWS = 32

/**
 * The logit lens (nostalgebraist 2020): the logits that the decoder's last norm, where the model has one, and the
 * output projection compute from the states of earlier layers.
 */
export class LogitLens {
  readonly #program: LoadedProgram
  readonly #vocabulary: number
  readonly #dModel: number

  constructor(player: Player, weights: Weights) {
    const { config } = weights
    const p = new Program('lens', weights)
    const states = p.input('states', 'T', config.dModel)
    const normed = hasTopNorm(config.norm.order) ? p.within('decoder', () => norm(p, 'norm', states, config)) : states
    p.output(projection(p, normed, config), 'logits')
    this.#program = new LoadedProgram(player, p)
    this.#vocabulary = config.targetVocabulary
    this.#dModel = config.dModel
  }

  /** Calls `row` with the logits of each row of states [rows, dModel] in turn; the next row may reuse their memory. */
  through(states: Float32Array, row: (logits: Float32Array) => void): void {
    const count = states.length / this.#dModel
    const logits = new Float32Array(Math.min(ROWS, count) * this.#vocabulary)
    for (let first = 0; first < count; first += ROWS) {
      const T = Math.min(ROWS, count - first)
      const some = states.subarray(first * this.#dModel, (first + T) * this.#dModel)
      this.#program.play({ T }, { states: some, logits: logits.subarray(0, T * this.#vocabulary) })
      for (let r = 0; r < T; r++) row(logits.subarray(r * this.#vocabulary, (r + 1) * this.#vocabulary))
    }
  }
}
