import { RowAllocator, type RowRange } from './row-allocator.ts'
import { type CacheArray, FIRST_ROWS, Slab } from './slab.ts'

/** The keys and values of the sources: one range of rows per sentence, which all hypotheses of the sentence share. */
export class SourceMemory {
  readonly slab: Slab<CacheArray>
  readonly #allocator = new RowAllocator()

  constructor(layers: number, width: number, allocate: (length: number) => CacheArray) {
    this.slab = new Slab('memory', layers, width, FIRST_ROWS, allocate)
  }

  /** Takes rows for a source of `length` tokens. The slab grows if it has no room. */
  take(length: number): RowRange {
    const range = this.#allocator.take(length)
    this.slab.grow(range.begin + length)
    return range
  }

  release(range: RowRange): void {
    this.#allocator.release(range)
  }
}
