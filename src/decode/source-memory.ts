import { Slab } from './slab.ts'

/** Rows [begin, begin + length) of the memory. */
export interface Place {
  begin: number
  length: number
}

/** The sources' keys and values, one run of rows per sentence, shared by all its hypotheses. */
export class SourceMemory {
  readonly slab: Slab
  /** What is taken, by rising `begin`. */
  readonly #places: Place[] = []

  constructor(layers: number, width: number) {
    this.slab = new Slab('memory', layers, width, 1024)
  }

  /** The first gap that is long enough; the slab grows where there is none. */
  take(length: number): Place {
    let begin = 0
    let index = 0
    for (; index < this.#places.length && this.#places[index].begin - begin < length; index++)
      begin = this.#places[index].begin + this.#places[index].length
    this.slab.grow(begin + length)
    const place = { begin, length }
    this.#places.splice(index, 0, place)
    return place
  }

  release(place: Place): void {
    this.#places.splice(this.#places.indexOf(place), 1)
  }
}
