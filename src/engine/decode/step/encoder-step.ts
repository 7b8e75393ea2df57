import type { TensorArray } from '../../backend/backend.ts'
import type { ModelConfig } from '../../model/config.ts'
import { bindBlocks } from '../../model/local/blocks.ts'
import type { PositionTable } from '../../model/positions/position-table.ts'
import type { LoadedProgram } from '../../program/loaded.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import type { SourceMemory } from '../memory/source-memory.ts'
import { raggedBatch } from './ragged-batch.ts'
import { soundBatch } from './sound-batch.ts'

/** A source: ids, and for a model that hears the frames [frames, mels] of which these ids are the states. */
export interface EncodedSource {
  source: readonly number[]
  sound?: Float32Array
}

/** Encodes sources: writes the keys and values that the decoder's layers attend to into the memory. */
export class EncoderStep {
  readonly #config: ModelConfig
  readonly #program: LoadedProgram
  readonly #memory: SourceMemory
  readonly #positions: PositionTable
  readonly #more: Readonly<Record<string, TensorArray>>

  /** `more` holds additional bindings of the program. */
  constructor(
    config: ModelConfig,
    program: LoadedProgram,
    memory: SourceMemory,
    positions: PositionTable,
    more: Readonly<Record<string, TensorArray>> = {},
  ) {
    this.#config = config
    this.#program = program
    this.#memory = memory
    this.#positions = positions
    this.#more = more
  }

  /** The memory rows of each of these encoded sources. */
  encode(given: readonly EncodedSource[]): RowRange[] {
    const sources = given.map(({ source }) => source)
    const ranges = sources.map(({ length }) => this.#memory.take(length))
    const { tokens, positions, spans, longest } = raggedBatch(sources)
    const slots = positions.slice()
    ranges.forEach(({ begin }, b) => {
      for (let row = spans[2 * b]; row < spans[2 * b + 1]; row++) slots[row] += begin
    })
    this.#positions.atLeast(longest)
    const { slab } = this.#memory
    const { sound } = this.#config
    const sounds =
      sound &&
      soundBatch(
        given.map((own) => own.sound),
        sources,
        sound,
      )
    const blocks = bindBlocks(this.#config, { encoder: spans })
    const rows = {
      S: tokens.length,
      F: sounds?.frames ?? 0,
      B: sources.length,
      M: slab.capacity,
      N: this.#positions.rows,
      ...blocks.rows,
    }
    const arrays = {
      ...(sounds?.arrays ?? { 'source.tokens': tokens }),
      'source.positions': positions,
      sources: spans,
      'memory.slots': slots,
    }
    this.#program.play(rows, { ...slab.arrays, ...this.#positions.arrays, ...arrays, ...blocks.arrays, ...this.#more })
    return ranges
  }
}
