import { RowAllocator, type RowRange } from './row-allocator.ts'
import { type CacheArray, Slab } from './slab.ts'

/** The sources' keys and values, one run of rows per sentence, shared by all its hypotheses. */
export class SourceMemory {
  readonly slab: Slab<CacheArray>
  readonly #allocator = new RowAllocator()

  constructor(layers: number, width: number, allocate: (length: number) => CacheArray) {
    this.slab = new Slab('memory', layers, width, 1024, allocate)
  }

  /** The slab grows where it has no room. */
  take(length: number): RowRange {
    const range = this.#allocator.take(length)
    this.slab.grow(range.begin + length)
    return range
  }

  release(range: RowRange): void {
    this.#allocator.release(range)
  }
}
