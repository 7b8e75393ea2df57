import type { ModelConfig } from './config/config.ts'
import { kindOf } from './config/kinds.ts'
import type { GrowingTable, ModelSizes, PositionTables } from './config/position-kind.ts'
import { promptTables } from './layers/prompt.ts'
import { reachTables, sideBuckets } from './local/blocks.ts'

/** The arrays of positions that programs bind: tables of rows for 0, 1, 2, …, made as far as a sentence has asked, and fixed ones. */
export class PositionTable {
  readonly #growing: readonly [string, GrowingTable][]
  readonly #offset: number
  readonly #zeros: number
  #rows = 0
  #arrays: Readonly<Record<string, Float32Array | Int32Array>>

  private constructor({ growing = {}, fixed = {}, offset = 0, endsWithZeros = false }: PositionTables) {
    this.#growing = Object.entries(growing)
    this.#offset = offset
    this.#zeros = endsWithZeros ? 1 : 0
    this.#arrays = fixed
    if (this.#growing.length) this.#grow(0)
  }

  /** The tables of a model. */
  static of(config: ModelSizes & Pick<ModelConfig, 'encoder' | 'decoder' | 'positions' | 'prompt'>): PositionTable {
    const { fixed, ...tables } = kindOf(config.positions).tables?.(config.positions, config) ?? {}
    const others = { ...reachTables(config), ...sideBuckets(config), ...promptTables(config) }
    return new PositionTable({ ...tables, fixed: { ...fixed, ...others } })
  }

  /** The tables as they are bound; another object when they have grown. */
  get arrays(): Readonly<Record<string, Float32Array | Int32Array>> {
    return this.#arrays
  }

  /** The rows of the tables that grow: symbol N of programs. */
  get rows(): number {
    return this.#rows
  }

  /** Makes the tables long enough for sentences of so many tokens. */
  atLeast(tokens: number): this {
    const rows = tokens + this.#offset + this.#zeros
    if (this.#growing.length && this.#rows < rows) this.#grow(Math.max(rows, 2 * this.#rows, 16))
    return this
  }

  #grow(rows: number): void {
    const first = Math.max(0, this.#rows - this.#zeros)
    const grown = this.#growing.map(([name, { width, write }]): [string, Float32Array] => {
      const values = new Float32Array(rows * width)
      const before = this.#arrays[name]
      if (before) values.set(before)
      write(values, first)
      if (this.#zeros) values.fill(0, Math.max(0, rows - 1) * width)
      return [name, values]
    })
    this.#rows = rows
    this.#arrays = { ...this.#arrays, ...Object.fromEntries(grown) }
  }

  /** The position that adds nothing, the last row of the table, where a padding token has none; null where it has one like other tokens. */
  get nowhere(): number | null {
    return this.#zeros ? this.#rows - 1 - this.#offset : null
  }
}
