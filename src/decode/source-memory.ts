import { type Place, Runs } from './runs.ts'
import { type CacheArray, Slab } from './slab.ts'

/** The sources' keys and values, one run of rows per sentence, shared by all its hypotheses. */
export class SourceMemory {
  readonly slab: Slab<CacheArray>
  readonly #runs = new Runs()

  constructor(layers: number, width: number, allocate: (length: number) => CacheArray) {
    this.slab = new Slab('memory', layers, width, 1024, allocate)
  }

  /** The slab grows where it has no room. */
  take(length: number): Place {
    const place = this.#runs.take(length)
    this.slab.grow(place.begin + length)
    return place
  }

  release(place: Place): void {
    this.#runs.release(place)
  }
}
