import type { Player } from '../../backend/backend.ts'
import { bindBlocks } from '../../model/local/blocks.ts'
import { PositionTable } from '../../model/positions/position-table.ts'
import { LoadedProgram } from '../../program/loaded.ts'
import type { Weights } from '../../weights/weights.ts'
import type { EncodedSource } from './encoder-step.ts'
import { encoderStatesProgram } from './programs.ts'
import { raggedBatch } from './ragged-batch.ts'
import { soundBatch } from './sound-batch.ts'

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
    const { config } = this.#weights
    const { dModel, sound } = config
    const sources = given.map(({ source }) => source)
    const sounds =
      sound &&
      soundBatch(
        given.map((own) => own.sound),
        sources,
        sound,
      )
    const { tokens, positions, spans, longest } = raggedBatch(sources)
    this.#positions.atLeast(longest)
    const states = new Float32Array(tokens.length * dModel)
    const blocks = bindBlocks(config, { encoder: spans })
    this.#program.play(
      { S: tokens.length, F: sounds?.frames ?? 0, B: sources.length, N: this.#positions.rows, ...blocks.rows },
      {
        ...this.#positions.arrays,
        ...blocks.arrays,
        ...(sounds?.arrays ?? { 'source.tokens': tokens }),
        'source.positions': positions,
        sources: spans,
        states,
      },
    )
    return sources.map((_, b) => states.slice(spans[2 * b] * dModel, spans[2 * b + 1] * dModel))
  }
}

/** The mean of rows, [rows, width] → [width]. */
export function meanOf(rows: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width)
  for (let i = 0; i < rows.length; i++) sums[i % width] += rows[i]
  return Float32Array.from(sums, (sum) => sum / (rows.length / width))
}
