import type { Player } from '../../backend/backend.ts'
import { PositionTable } from '../../model/positions/position-table.ts'
import { LoadedProgram } from '../../program/loaded.ts'
import type { Weights } from '../../weights/weights.ts'
import { encoderStatesProgram } from './programs.ts'
import { type EncodedSource, raggedSources } from './ragged-batch.ts'

/** Runs the encoder alone, for callers that need its states. */
export class SourceEncoder {
  readonly #weights: Weights
  readonly #program: LoadedProgram
  readonly #positions: PositionTable

  constructor(player: Player, weights: Weights) {
    this.#weights = weights
    this.#program = new LoadedProgram(player, encoderStatesProgram(weights))
    this.#positions = PositionTable.of(weights.config)
  }

  /** The states of every source, [tokens, dModel] each. */
  states(given: readonly EncodedSource[]): Float32Array[] {
    const { dModel } = this.#weights.config
    const { spans, rows, arrays } = raggedSources(given, this.#weights.config, this.#positions)
    const states = new Float32Array(rows.S * dModel)
    this.#program.play(rows, { ...arrays, states })
    return given.map((_, b) => states.slice(spans[2 * b] * dModel, spans[2 * b + 1] * dModel))
  }
}

/** The mean of rows, [rows, width] → [width]. */
export function meanOf(rows: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width)
  for (let i = 0; i < rows.length; i++) sums[i % width] += rows[i]
  return Float32Array.from(sums, (sum) => sum / (rows.length / width))
}
