/** Rows [begin, begin + length) of a slab. */
export interface RowRange {
  begin: number
  length: number
}

/** Allocator of the rows of a slab. */
export class RowAllocator {
  /** The taken ranges, in the order of `begin`. */
  readonly #taken: RowRange[] = []

  /** Takes the first gap that is long enough, or the rows after all others. */
  take(length: number): RowRange {
    let begin = 0
    let index = 0
    for (; index < this.#taken.length && this.#taken[index].begin - begin < length; index++)
      begin = this.#taken[index].begin + this.#taken[index].length
    const range = { begin, length }
    this.#taken.splice(index, 0, range)
    return range
  }

  release(range: RowRange): void {
    this.#taken.splice(this.#taken.indexOf(range), 1)
  }
}
