import type { TensorArray } from '../../backend/interface/backend.ts'
import type { Rows } from '../../program/instructions/tensor.ts'
import type { PlayedProgram } from '../../program/loaded.ts'
import type { Program } from '../../program/program.ts'
import type { Adapter } from '../../weights/adapter.ts'
import { type AdapterMemory, NO_ADAPTER } from './adapter-memory.ts'

/** The rows, by their symbols, whose adapters are bound: others than those of tokens belong to sentences in ways of their own. */
export const adaptableRows: ReadonlySet<Rows> = new Set(['S', 'T', 'B.firsts', 'G.sums'])

type Arrays = Readonly<Record<string, TensorArray>>

/** For each row of a batch the adapter of its sentence, whose spans these are: [rows]. */
function ofRows(adapters: readonly number[], spans: TensorArray, rows: number): Int32Array {
  const found = new Int32Array(rows).fill(NO_ADAPTER)
  adapters.forEach((adapter, b) => {
    found.fill(adapter, spans[2 * b], spans[2 * b + 1])
  })
  return found
}

/**
 * The adapters of all rows of an encoder over sources, as `raggedSources` binds them: tokens, and where the model has them the first
 * tokens and the sums of blocks that see all others.
 */
export function adaptersOfSources(
  adapters: readonly number[],
  rows: Readonly<Record<string, number>>,
  arrays: Arrays,
): Arrays {
  const ofTokens = ofRows(adapters, arrays.sources, rows.S)
  const summed = arrays['encoder.summed']
  const most = summed ? summed.length / rows['G.sums'] : 0
  return {
    'adapters.S': ofTokens,
    ...(arrays['encoder.firsts'] && { 'adapters.B.firsts': Int32Array.from(adapters) }),
    ...(summed && {
      'adapters.G.sums': Int32Array.from({ length: rows['G.sums'] }, (_, sum) => ofTokens[summed[sum * most]]),
    }),
  }
}

/** The adapters of all rows of whole pairs, as `raggedPairs` binds them; a decoder alone reads both sides as one. */
export const adaptersOfPairs = (
  adapters: readonly number[],
  rows: Readonly<Record<string, number>>,
  arrays: Arrays,
): Arrays =>
  arrays.sources
    ? { ...adaptersOfSources(adapters, rows, arrays), 'adapters.T': ofRows(adapters, arrays.targets, rows.T) }
    : { 'adapters.S': ofRows(adapters, arrays.targets, rows.S) }

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

/** Holds the adapters of some sentences while `play` runs: it receives the row of each, or null where none has an adapter. */
export function withAdapters(
  memory: AdapterMemory,
  sentences: readonly { adapter?: Adapter }[],
  play: (rows: readonly number[] | null) => void,
): void {
  if (sentences.every(({ adapter }) => !adapter)) return play(null)
  const rows = sentences.map(({ adapter }) => (adapter ? memory.hold(adapter) : NO_ADAPTER))
  try {
    play(rows)
  } finally {
    for (const row of rows) memory.release(row)
  }
}
