import type { TensorArray } from '../../backend/backend.ts'
import type { PositionTable } from '../../model/positions/position-table.ts'
import type { LoadedProgram } from '../../program/loaded.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import type { SourceMemory } from '../memory/source-memory.ts'
import { raggedBatch } from './ragged-batch.ts'

/** Encodes sources: writes the keys and values that the decoder's layers attend to into the memory. */
export class EncoderStep {
  readonly #program: LoadedProgram
  readonly #memory: SourceMemory
  readonly #positions: PositionTable
  readonly #more: Readonly<Record<string, TensorArray>>

  /** `more` holds additional bindings of the program. */
  constructor(
    program: LoadedProgram,
    memory: SourceMemory,
    positions: PositionTable,
    more: Readonly<Record<string, TensorArray>> = {},
  ) {
    this.#program = program
    this.#memory = memory
    this.#positions = positions
    this.#more = more
  }

  /** The memory rows of each of these encoded sources. */
  encode(sources: readonly (readonly number[])[]): RowRange[] {
    const ranges = sources.map(({ length }) => this.#memory.take(length))
    const { tokens, positions, spans, longest } = raggedBatch(sources)
    const slots = positions.slice()
    ranges.forEach(({ begin }, b) => {
      for (let row = spans[2 * b]; row < spans[2 * b + 1]; row++) slots[row] += begin
    })
    this.#positions.atLeast(longest)
    const { slab } = this.#memory
    const rows = { S: tokens.length, B: sources.length, M: slab.capacity, N: this.#positions.rows }
    const arrays = {
      'source.tokens': tokens,
      'source.positions': positions,
      sources: spans,
      'memory.slots': slots,
    }
    this.#program.play(rows, { ...slab.arrays, ...this.#positions.arrays, ...arrays, ...this.#more })
    return ranges
  }
}
