import type { Player } from '../../engine/backend/interface/backend.ts'
import { projection } from '../../engine/model/stack/decoder.ts'
import { LoadedProgram } from '../../engine/program/loaded.ts'
import { Program } from '../../engine/program/program.ts'
import type { Weights } from '../../engine/weights/weights.ts'

/** The output projection of single states. */
export class Projection {
  readonly #program: LoadedProgram | null
  readonly #width: number
  readonly #logits: Float32Array

  /** `isDone`: what comes in place of states is logits already. */
  constructor(player: Player, weights: Weights, isDone: boolean) {
    const { dModel, targetVocabulary } = weights.config
    this.#width = isDone ? targetVocabulary : dModel
    this.#logits = new Float32Array(targetVocabulary)
    this.#program = null
    if (isDone) return
    const p = new Program('projection', weights)
    p.output(projection(p, p.input('states', 'T', dModel), weights.config), 'logits')
    this.#program = new LoadedProgram(player, p)
  }

  /** The result that `read` makes of the logits [vocabulary] of one row of states [rows, dModel]; the next call uses their memory again. */
  row<R>(states: Float32Array, row: number, read: (logits: Float32Array) => R): R {
    const own = states.subarray(row * this.#width, (row + 1) * this.#width)
    if (!this.#program) return read(own)
    this.#program.play({ T: 1 }, { states: own, logits: this.#logits })
    return read(this.#logits)
  }
}
