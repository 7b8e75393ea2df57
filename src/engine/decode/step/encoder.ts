import type { Player } from '../../backend/interface/backend.ts'
import { PositionTable } from '../../model/position-table.ts'
import { LoadedProgram } from '../../program/loaded.ts'
import type { Weights } from '../../weights/weights.ts'
import { AdaptableProgram, AdapterMemory, adaptersOfSources, withAdapters } from '../adapters/index.ts'
import { type EncodedSource, raggedSources } from '../batch/ragged-batch.ts'
import { encoderStatesProgram } from './programs.ts'

/** Runs the encoder alone, for callers that need its states. */
export class SourceEncoder {
  readonly #weights: Weights
  readonly #adapters: AdapterMemory
  readonly #program: AdaptableProgram
  readonly #positions: PositionTable

  /** `adapters` are those of sources, which others of the same thread may share. */
  constructor(player: Player, weights: Weights, adapters = new AdapterMemory(weights)) {
    this.#weights = weights
    this.#adapters = adapters
    this.#program = new AdaptableProgram(
      () => encoderStatesProgram(weights),
      (program) => new LoadedProgram(player, program),
      adapters,
    )
    this.#positions = PositionTable.of(weights.config)
  }

  /** The states of every source, [tokens, dModel] each. */
  states(given: readonly EncodedSource[]): Float32Array[] {
    const { dModel } = this.#weights.config
    const { spans, rows, arrays } = raggedSources(given, this.#weights.config, this.#positions)
    const states = new Float32Array(rows.S * dModel)
    withAdapters(this.#adapters, given, (adapters) => {
      const held = adapters && { ...this.#adapters.arrays, ...adaptersOfSources(adapters, rows, arrays) }
      this.#program.for(adapters !== null).play({ ...rows, ...this.#adapters.rows }, { ...arrays, states, ...held })
    })
    return given.map((_, b) => states.slice(spans[2 * b] * dModel, spans[2 * b + 1] * dModel))
  }
}

/** The mean of rows, [rows, width] → [width]. */
export function meanOf(rows: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width)
  for (let i = 0; i < rows.length; i++) sums[i % width] += rows[i]
  return Float32Array.from(sums, (sum) => sum / (rows.length / width))
}
