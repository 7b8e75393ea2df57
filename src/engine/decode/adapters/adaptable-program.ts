import type { PlayedProgram } from '../../program/loaded.ts'
import type { Program } from '../../program/program.ts'
import type { AdapterMemory } from './adapter-memory.ts'

/**
 * A program in two forms: as it is recorded, and with the branches of adapters beside its products. A batch without adapters runs the
 * first, which has no more to do than that of a model without any. Rows have the same bits in both.
 */
export class AdaptableProgram<Played extends PlayedProgram = PlayedProgram> {
  readonly #record: () => Program
  readonly #load: (program: Program) => Played
  readonly #adapters: AdapterMemory
  #plain: Played | null = null
  #adapted: { version: number; program: Played } | null = null

  constructor(record: () => Program, load: (program: Program) => Played, adapters: AdapterMemory) {
    this.#record = record
    this.#load = load
    this.#adapters = adapters
  }

  /** The form for a batch in which some row has an adapter, or none has. */
  for(hasAdapters: boolean): Played {
    if (!hasAdapters) {
      this.#plain ??= this.#load(this.#record())
      return this.#plain
    }
    const { version } = this.#adapters
    if (this.#adapted?.version !== version) {
      const program = this.#record()
      this.#adapters.edit(program)
      this.#adapted = { version, program: this.#load(program) }
    }
    return this.#adapted.program
  }
}
