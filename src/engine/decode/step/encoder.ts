import type { Player } from '../../backend/interface/backend.ts'
import { encoderView, type ModelConfig } from '../../model/config/config.ts'
import { PositionTable } from '../../model/position-table.ts'
import { LoadedProgram } from '../../program/loaded.ts'
import type { Weights } from '../../weights/weights.ts'
import { AdaptableProgram, AdapterMemory, adaptersOfSources, NO_ADAPTER, withAdapters } from '../adapters/index.ts'
import { type EncodedSource, raggedSources } from '../batch/ragged-batch.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import type { SourceMemory } from '../memory/source-memory.ts'
import { encoderStatesProgram } from './programs.ts'

/** Encodes sources: writes the keys and values that the decoder's layers attend to into the memory. */
export class EncoderStep {
  readonly #config: ModelConfig
  readonly #program: AdaptableProgram
  readonly #adapters: AdapterMemory
  readonly #memory: SourceMemory
  readonly #positions: PositionTable

  constructor(
    config: ModelConfig,
    { program, adapters }: { program: AdaptableProgram; adapters: AdapterMemory },
    memory: SourceMemory,
    positions: PositionTable,
  ) {
    this.#config = config
    this.#program = program
    this.#adapters = adapters
    this.#memory = memory
    this.#positions = positions
  }

  /** The memory rows of each of these encoded sources, which are encoded with these rows of `AdapterMemory`. */
  encode(given: readonly EncodedSource[], adapters: readonly number[] = []): RowRange[] {
    const { positions, spans, rows, arrays } = raggedSources(given, this.#config, this.#positions)
    const ranges = given.map(({ source }) => this.#memory.take(source.length))
    const slots = positions.slice()
    ranges.forEach(({ begin }, b) => {
      for (let row = spans[2 * b]; row < spans[2 * b + 1]; row++) slots[row] += begin
    })
    const { slab } = this.#memory
    const hasAdapters = adapters.some((row) => row !== NO_ADAPTER)
    const held = hasAdapters && { ...this.#adapters.arrays, ...adaptersOfSources(adapters, rows, arrays) }
    this.#program
      .for(hasAdapters)
      .play(
        { ...rows, M: slab.capacity, ...this.#adapters.rows },
        { ...slab.arrays, ...arrays, 'memory.slots': slots, ...held },
      )
    return ranges
  }
}

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

  /** The states of every source, [tokens, dModel of the encoder] each. */
  states(given: readonly EncodedSource[]): Float32Array[] {
    const { dModel } = encoderView(this.#weights.config)
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
