import type { ModelConfig } from '../../model/config/config.ts'
import type { PositionTable } from '../../model/position-table.ts'
import { type AdaptableProgram, type AdapterMemory, adaptersOfSources, NO_ADAPTER } from '../adapters/index.ts'
import { type EncodedSource, raggedSources } from '../batch/ragged-batch.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import type { SourceMemory } from '../memory/source-memory.ts'

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
