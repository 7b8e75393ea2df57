/** Rows [begin, begin + length) of a slab. */
export interface Place {
  begin: number
  length: number
}

/** Which rows of a slab are taken. */
export class Runs {
  /** What is taken, by rising `begin`. */
  readonly #places: Place[] = []

  /** The first gap that is long enough, or the rows behind all others. */
  take(length: number): Place {
    let begin = 0
    let index = 0
    for (; index < this.#places.length && this.#places[index].begin - begin < length; index++)
      begin = this.#places[index].begin + this.#places[index].length
    const place = { begin, length }
    this.#places.splice(index, 0, place)
    return place
  }

  release(place: Place): void {
    this.#places.splice(this.#places.indexOf(place), 1)
  }
}
