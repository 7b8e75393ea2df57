import { Slab } from './slab.ts'

/**
 * The decoder's keys and values. A step writes those of each row into a slot of its own and never moves them; hypotheses are
 * paths of slots, so reordering beams copies nothing. Slots on no live path are found again by marking when the free ones run out.
 */
export class TargetCache {
  readonly slab: Slab
  /** The slot before each on its path, −1 for the first. They lie side by side, as hypotheses do not. */
  #parents: Int32Array
  #free: number[] = []
  #used = 0

  constructor(layers: number, width: number) {
    this.slab = new Slab('cache', layers, width, 512)
    this.#parents = new Int32Array(this.slab.capacity)
  }

  /** Whether `count` slots can be taken. */
  has(count: number): boolean {
    return this.#available >= count
  }

  /** Makes sure that `count` slots can be taken, and the paths to `live` stay. */
  reserve(count: number, live: Iterable<number>): void {
    if (this.has(count)) return
    this.#sweep(live)
    // Sweeping costs time too: leave room for several steps.
    if (this.#available >= 4 * count) return
    this.slab.grow(this.slab.capacity + 4 * count)
    const parents = new Int32Array(this.slab.capacity)
    parents.set(this.#parents)
    this.#parents = parents
  }

  /** A slot that nobody reads, at the end of the path to `parent`, or (−1) of its own. */
  take(parent: number): number {
    const slot = this.#free.pop() ?? this.#used++
    this.#parents[slot] = parent
    return slot
  }

  /** Writes the path to a slot, itself last, before place `end`. */
  writePath(slot: number, into: Int32Array, end: number): void {
    const parents = this.#parents
    for (; slot >= 0; slot = parents[slot]) into[--end] = slot
  }

  get #available(): number {
    return this.#free.length + this.slab.capacity - this.#used
  }

  #sweep(live: Iterable<number>): void {
    const marked = new Uint8Array(this.#used)
    for (const end of live)
      for (let slot = end; slot >= 0 && !marked[slot]; slot = this.#parents[slot]) marked[slot] = 1
    this.#free = []
    for (let slot = this.#used - 1; slot >= 0; slot--) if (!marked[slot]) this.#free.push(slot)
  }
}
