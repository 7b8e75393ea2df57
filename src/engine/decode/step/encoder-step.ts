import type { ModelConfig } from '../../model/config.ts'
import type { PositionTable } from '../../model/positions/position-table.ts'
import type { PlayedProgram } from '../../program/loaded.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import type { SourceMemory } from '../memory/source-memory.ts'
import { type EncodedSource, raggedSources } from './ragged-batch.ts'

/** Encodes sources: writes the keys and values that the decoder's layers attend to into the memory. */
export class EncoderStep {
  readonly #config: ModelConfig
  readonly #program: PlayedProgram
  readonly #memory: SourceMemory
  readonly #positions: PositionTable

  constructor(config: ModelConfig, program: PlayedProgram, memory: SourceMemory, positions: PositionTable) {
    this.#config = config
    this.#program = program
    this.#memory = memory
    this.#positions = positions
  }

  /** The memory rows of each of these encoded sources. */
  encode(given: readonly EncodedSource[]): RowRange[] {
    const { positions, spans, rows, arrays } = raggedSources(given, this.#config, this.#positions)
    const ranges = given.map(({ source }) => this.#memory.take(source.length))
    const slots = positions.slice()
    ranges.forEach(({ begin }, b) => {
      for (let row = spans[2 * b]; row < spans[2 * b + 1]; row++) slots[row] += begin
    })
    const { slab } = this.#memory
    this.#program.play({ ...rows, M: slab.capacity }, { ...slab.arrays, ...arrays, 'memory.slots': slots })
    return ranges
  }
}
