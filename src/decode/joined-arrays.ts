import type { TensorArray } from '../backend/backend.ts'

type Arrays = Readonly<Record<string, TensorArray>>

/** Arrays of the same owners as one record, another one only when an owner's is: a program looks through each record once. */
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
