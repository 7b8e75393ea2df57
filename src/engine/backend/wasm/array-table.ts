import { present } from '../../../base/present.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import { arrayTypes, type ProgramSpec, type TensorArray, type TensorSpec } from '../interface/backend.ts'
import type { WasmInstance } from './instance.ts'
import { DTYPES } from './program-words.ts'

/** Words of an entry: address, length, dtype. */
const ENTRY = 3

/** A value that no caller can pass as an array. */
const NONE = Symbol('none')

/** An array of JavaScript's own memory, and the place of its copy for a play. */
interface Copied {
  array: TensorArray
  /** The number of its values that are copied, from the first on. */
  count: number
  address: number
  written: boolean
}

/** Memory that a binding keeps for copies. */
interface Room {
  address: number
  bytes: number
}

/**
 * The arrays of a program's plays, as native/wasm/api.cc reads them: the weights, and then an array for each binding. Arrays that lie in
 * WebAssembly's memory are read and written where they are. Before a play, the program's part of other arrays is copied in; after it,
 * the written part is copied back.
 */
export class ArrayTable {
  readonly #instance: WasmInstance
  readonly #program: ProgramSpec
  readonly #address: number
  readonly #rooms: Room[]
  /** The bound tensors of each binding. */
  readonly #tensors: TensorSpec[][]
  /** The arrays of the entries: an array that stays the same needs no new entry. */
  readonly #last: unknown[]
  #copied: Copied[] = []

  constructor(instance: WasmInstance, program: ProgramSpec) {
    const entries = 1 + program.bindings.length
    this.#instance = instance
    this.#program = program
    this.#rooms = Array.from({ length: entries }, () => ({ address: 0, bytes: 0 }))
    this.#last = new Array(entries).fill(NONE)
    this.#tensors = program.bindings.map((_, i) =>
      program.tensors.filter(({ kind, offset }) => kind === 'bound' && offset === i),
    )
    this.#address = instance.allocate(4 * ENTRY * entries)
  }

  get address(): number {
    return this.#address
  }

  /** Fills the table for a play with these rows. Surplus arrays are ignored. */
  fill(rows: Float64Array, weights: Float32Array, arrays: readonly TensorArray[]): void {
    this.#copied = []
    this.#enter(0, weights, weights.length, false)
    const bindings = this.#program.bindings
    const count = Math.min(arrays.length, bindings.length)
    for (let i = 0; i < count; i++) {
      const array = arrays[i]
      if (array === this.#last[i + 1]) continue
      this.#enter(i + 1, array, -1, bindings[i].written, rows)
    }
  }

  /** Copies the results of the play into arrays of other memory. */
  copyBack(): void {
    for (const { array, count, address, written } of this.#copied)
      if (written) array.set(this.#view(array, address, count) as never)
  }

  release(): void {
    for (const { address } of this.#rooms) if (address) this.#instance.release(address)
    this.#instance.release(this.#address)
  }

  #enter(entry: number, array: TensorArray, count: number, written: boolean, rows?: Float64Array): void {
    const dtype = DTYPES.findIndex((name) => isArrayOf<TensorArray>(arrayTypes[name], array))
    this.#last[entry] = NONE
    if (dtype < 0) return this.#write(entry, 0, 0, -1)
    if (this.#instance.has(array)) {
      this.#last[entry] = array
      return this.#write(entry, array.byteOffset, array.length, dtype)
    }
    const needed = count < 0 ? Math.min(array.length, this.#needed(entry - 1, present(rows))) : count
    const address = this.#within(array, needed) ?? this.#copy(entry, array, needed)
    this.#copied.push({ array, count: needed, address, written })
    this.#write(entry, address, array.length, dtype)
  }

  /** The number of values that a binding needs with these rows. */
  #needed(binding: number, rows: Float64Array): number {
    let needed = 0
    for (const { symbol, rows: constant, width, start } of this.#tensors[binding])
      needed = Math.max(needed, start + (symbol < 0 ? constant : rows[symbol]) * width)
    return Number.isSafeInteger(needed) ? needed : 0 // of rows that the core refuses
  }

  /** The address of an array within one that has been copied for this play, so that two views of one memory stay one memory. */
  #within(array: TensorArray, count: number): number | undefined {
    const end = array.byteOffset + count * array.BYTES_PER_ELEMENT
    for (const { array: other, count: there, address } of this.#copied) {
      const offset = array.byteOffset - other.byteOffset
      const isInside = offset >= 0 && end <= other.byteOffset + there * other.BYTES_PER_ELEMENT
      if (array.buffer === other.buffer && isInside) return address + offset
    }
    return undefined
  }

  #copy(entry: number, array: TensorArray, count: number): number {
    const bytes = count * array.BYTES_PER_ELEMENT
    const room = this.#rooms[entry]
    if (room.bytes < bytes || !room.address) {
      if (room.address) this.#instance.release(room.address)
      room.address = room.bytes = 0
      const roomy = Math.ceil(1.25 * bytes) + 64
      room.address = this.#instance.allocate(roomy)
      room.bytes = roomy
    }
    this.#view(array, room.address, count).set((count < array.length ? array.subarray(0, count) : array) as never)
    return room.address
  }

  #view(array: TensorArray, address: number, count: number): TensorArray {
    const dtype = present(DTYPES.find((name) => isArrayOf<TensorArray>(arrayTypes[name], array)))
    return this.#instance.arrayAt(dtype, address, count)
  }

  #write(entry: number, address: number, length: number, dtype: number): void {
    const words = this.#instance.arrayAt('int32', this.#address + 4 * ENTRY * entry, ENTRY)
    words[0] = address
    words[1] = length
    words[2] = dtype
  }
}
