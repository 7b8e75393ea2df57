import { arrayTypes } from '../backend/array-types.ts'
import type { CacheType } from './cache-type.ts'
import { type Place, Runs } from './runs.ts'
import { Slab } from './slab.ts'

/** The sources' keys and values, one run of rows per sentence, shared by all its hypotheses. */
export class SourceMemory {
  readonly slab: Slab<Float32Array | Uint16Array>
  readonly #runs = new Runs()

  constructor(layers: number, width: number, type: CacheType) {
    this.slab = new Slab<Float32Array | Uint16Array>('memory', layers, width, 1024, arrayTypes[type])
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
