import { GlassformerError } from '../../../base/errors.ts'
import { entryOf, present } from '../../../base/present.ts'
import type { TensorArray } from '../../backend/interface/backend.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { addBranches } from '../../program/low-rank-branches.ts'
import { lowRank } from '../../program/ops/low-rank.ts'
import type { Program } from '../../program/program.ts'
import type { Adapter } from '../../weights/adapter.ts'
import { type LinearPart, linearParts } from '../../weights/parameters.ts'
import type { Weights } from '../../weights/weights.ts'

/** Adapters that stay in memory although no sentence uses them. */
const IDLE = 8

/** Columns of `places` for each part of a weight: where A begins, where Bᵀ begins, and the rank. */
const PLACE = 3

/** The row of sentences without an adapter. */
export const NO_ADAPTER = -1

interface Slot {
  adapter: Adapter
  /** How many hold it. */
  users: number
  /** When it was last held. */
  used: number
}

/**
 * The adapters that sentences use at present, in the arrays that adapted programs bind. A sentence holds its adapter's row until it has
 * ended. Adapters come and go without a change to the model or to programs; only an adapter of weights that none before it had needs
 * programs to be recorded anew, which `version` says.
 */
export class AdapterMemory {
  readonly #weights: Weights
  readonly #slots: (Slot | null)[] = []
  /** Where the columns of each adapted weight begin in `places`. */
  readonly #columns = new Map<string, { column: number; parts: number }>()
  #parts: ReadonlyMap<string, LinearPart> | null = null
  #width = 0
  #clock = 0
  #version = 0
  #arrays: Readonly<Record<string, TensorArray>> = {}
  #rows: Readonly<Record<string, number>> = {}

  constructor(weights: Weights) {
    this.#weights = weights
  }

  /** Programs that were edited at another version have to be recorded anew. */
  get version(): number {
    return this.#version
  }

  /** The arrays that edited programs bind, apart from the adapters of rows; a new object where one of the arrays is new. */
  get arrays(): Readonly<Record<string, TensorArray>> {
    return this.#arrays
  }

  /** The sizes of these arrays by the symbols of programs. */
  get rows(): Readonly<Record<string, number>> {
    return this.#rows
  }

  /**
   * The row of an adapter, which it keeps until `release` has been called as often.
   * @throws GlassformerError ERR_OPTION for an adapter of parameters that are no matrices of the model's linear layers
   */
  hold(adapter: Adapter): number {
    let row = this.#slots.findIndex((slot) => slot?.adapter.id === adapter.id)
    if (row < 0) row = this.#add(adapter)
    const slot = present(this.#slots[row])
    slot.users++
    slot.used = ++this.#clock
    return row
  }

  release(row: number): void {
    if (row !== NO_ADAPTER) present(this.#slots[row]).users--
  }

  /** Adds the branches of the adapters beside the products of a recorded program. */
  edit(p: Program): void {
    addBranches(p, (weight) => {
      const place = this.#columns.get(weight)
      if (!place) return null
      return (x, product, sum) => {
        const { column, parts } = place
        const matrices = boundOnce(p, 'adapters.matrices', 'V.adapters', 1, 'float32')
        const places = boundOnce(p, 'adapters.places', 'G.adapters', this.#width, 'int32')
        const own = places.slice(column, column + PLACE * parts)
        const adapters = boundOnce(p, `adapters.${x.rows}`, x.rows, 1, 'int32')
        lowRank.into(
          p,
          [sum],
          { x, product, matrices, places: own, adapters },
          { outputs: sum.width, direction: 'forward' },
        )
      }
    })
  }

  #add(adapter: Adapter): number {
    const columns = adapter.branches.map(({ parameter }) => this.#partOf(adapter, parameter))
    for (const { weight } of columns) {
      if (this.#columns.has(weight.name)) continue
      const parts = weight.parts.length
      this.#columns.set(weight.name, { column: this.#width, parts })
      this.#width += PLACE * parts
      this.#version++
    }
    this.#forgetIdle()
    const free = this.#slots.indexOf(null)
    const row = free < 0 ? this.#slots.length : free
    this.#slots[row] = { adapter, users: 0, used: 0 }
    this.#lay()
    return row
  }

  /** Leaves out the adapters that nobody holds, but for the last few. */
  #forgetIdle(): void {
    const idle = [...this.#slots.entries()].filter(([, slot]) => slot?.users === 0)
    idle.sort(([, a], [, b]) => present(b).used - present(a).used)
    for (const [row] of idle.slice(IDLE - 1)) this.#slots[row] = null
  }

  /** Lays all matrices one after the other. */
  #lay(): void {
    const total = this.#slots.reduce((sum, slot) => sum + (slot?.adapter.values.length ?? 0), 0)
    const matrices = new Float32Array(total)
    const places = new Int32Array(this.#slots.length * this.#width)
    let begin = 0
    this.#slots.forEach((slot, row) => {
      if (!slot) return
      const { adapter } = slot
      matrices.set(adapter.values, begin)
      for (const { parameter, rank, down, up } of adapter.branches) {
        const { weight, part } = this.#partOf(adapter, parameter)
        const at = row * this.#width + entryOf(this.#columns, weight.name).column + PLACE * part
        places.set([begin + down, begin + up, rank], at)
      }
      begin += adapter.values.length
    })
    this.#arrays = { 'adapters.matrices': matrices, 'adapters.places': places }
    this.#rows = { 'V.adapters': total, 'G.adapters': this.#slots.length }
  }

  #partOf({ name }: Adapter, parameter: string): LinearPart {
    this.#parts ??= linearParts(this.#weights.config)
    const found = this.#parts.get(parameter)
    if (!found)
      throw new GlassformerError(
        'ERR_OPTION',
        `the adapter ${name} changes ${parameter}, which is no matrix of a linear layer of this model`,
      )
    return found
  }
}

/** An input that several instructions share. */
const boundOnce = (p: Program, name: string, ...shape: [Tensor['rows'], number, 'float32' | 'int32']): Tensor =>
  p.bound.find((tensor) => tensor.name === name) ?? p.input(name, ...shape)
