import type { TensorArray } from '../../backend/interface/backend.ts'

type Arrays = Readonly<Record<string, TensorArray>>

/**
 * The arrays of several owners in one record. The record is a new object only when an owner's record is, because a program looks through
 * each new record once.
 */
export class JoinedArrays {
  #parts: readonly Arrays[] = []
  #all: Arrays = {}

  join(parts: readonly Arrays[]): Arrays {
    if (parts.some((part, i) => part !== this.#parts[i])) {
      this.#parts = parts
      this.#all = Object.assign({}, ...parts)
    }
    return this.#all
  }
}
