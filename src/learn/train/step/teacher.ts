import type { Player } from '../../../engine/backend/interface/backend.ts'
import { raggedPairs, type TokenPair } from '../../../engine/decode/step/index.ts'
import { outputNames } from '../../../engine/model/layers/embedding.ts'
import { PositionTable } from '../../../engine/model/position-table.ts'
import { LoadedProgram } from '../../../engine/program/loaded.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import { teacherProgram } from './programs.ts'

/** A trained model that reads the same batches as its student. It has no dropout, and its weights do not change. */
export class Teacher {
  readonly #weights: Weights
  readonly #program: LoadedProgram
  readonly #positions: PositionTable
  readonly #output: Record<string, Float32Array>

  constructor(player: Player, weights: Weights) {
    const { config } = weights
    const { weight, bias } = outputNames(config)
    this.#weights = weights
    this.#program = new LoadedProgram(player, teacherProgram(weights))
    this.#positions = PositionTable.of(config)
    this.#output = { 'teacher.weight': weights.get(weight), ...(bias && { 'teacher.bias': weights.get(bias) }) }
  }

  /**
   * Reads a batch, and returns the arrays that the student's `gradientProgram` binds: the states of each target token [T, dModel], and the
   * output projection.
   */
  read(batch: readonly TokenPair[]): Readonly<Record<string, Float32Array>> {
    const { config } = this.#weights
    const { rows, arrays } = raggedPairs(batch, config, this.#positions)
    const states = new Float32Array(rows.T * config.dModel)
    this.#program.play(rows, { ...arrays, states })
    return { 'teacher.states': states, ...this.#output }
  }
}
