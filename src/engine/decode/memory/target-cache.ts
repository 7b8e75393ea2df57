import { type CacheArray, FIRST_ROWS, Slab } from './slab.ts'

/**
 * The part of the past that a step reads: the slots of the whole path, or only the last one, which holds the state of a
 * recurrence.
 */
export type Reach = 'path' | 'parent'

/**
 * The decoder's keys and values, or its states. Each row of a step writes into a slot of its own, and slots never move.
 * Hypotheses are paths of slots, so that reordering beams copies nothing. A sweep marks the live paths and frees all
 * other slots; it runs each time as many slots have been taken as were live before. Few slots are therefore in use, and
 * their values stay in the processor's caches.
 */
export class TargetCache {
  readonly slab: Slab<CacheArray>
  /** Further numbers of each slot; null: none. */
  readonly beside: Slab<CacheArray> | null
  /**
   * The previous slot on the path of each slot, −1 for the first. Paths are stored as an array because hypotheses are
   * objects scattered over the heap.
   */
  #parents: Int32Array
  #free: number[] = []
  #used = 0
  /** Number of slots that may be taken before the next sweep. */
  #allowed = 0

  readonly #reach: Reach
  /** The first slots, with which every path begins; they are never freed. */
  readonly #prompt: number

  constructor(
    layers: number,
    width: number,
    allocate: (length: number) => CacheArray,
    {
      reach = 'path',
      beside = null,
      prompt = 0,
    }: { reach?: Reach; beside?: Slab<CacheArray> | null; prompt?: number } = {},
  ) {
    this.#reach = reach
    this.slab = new Slab('cache', layers, width, Math.max(FIRST_ROWS, 2 * prompt), allocate)
    this.beside = beside
    beside?.grow(FIRST_ROWS)
    this.#parents = Int32Array.from({ length: this.slab.capacity }, (_, slot) => (slot < prompt ? slot - 1 : 0))
    this.#prompt = this.#used = prompt
  }

  /** Whether `count` slots are free. */
  has(count: number): boolean {
    return this.#allowed >= count
  }

  /** Makes room for `count` slots if there is none; the paths to `live` are kept. */
  reserve(count: number, live: Iterable<number>): void {
    // Sweeping has a cost too, so leave room for several steps.
    const several = Math.max(4 * count, this.#sweep(live))
    if (this.#available < 4 * count) this.#grow(this.slab.capacity + 4 * count)
    this.#allowed = Math.min(several, this.#available)
  }

  /** Takes a slot that no path uses, and appends it to the path to `parent`; with −1 the slot begins a path. */
  take(parent: number): number {
    this.#allowed--
    const slot = this.#free.pop() ?? this.#used++
    this.#parents[slot] = parent < 0 ? this.#prompt - 1 : parent
    return slot
  }

  /** Whether a row reads slots of its past and its own, and not the last one alone. */
  get readsPaths(): boolean {
    return this.#reach === 'path'
  }

  /** Writes the last `count` slots of the path to a slot into `into`, before the place `end`; the slot itself comes last. */
  writePath(slot: number, into: Int32Array, end: number, count = Infinity): void {
    const parents = this.#parents
    for (; slot >= 0 && count > 0; slot = parents[slot], count--) into[--end] = slot
  }

  get #available(): number {
    return this.#free.length + this.slab.capacity - this.#used
  }

  #grow(slots: number): void {
    this.slab.grow(slots)
    this.beside?.grow(this.slab.capacity)
    const parents = new Int32Array(this.slab.capacity)
    parents.set(this.#parents)
    this.#parents = parents
  }

  /** Frees the slots that no step will read; returns the number of slots that steps will read. */
  #sweep(live: Iterable<number>): number {
    const marked = new Uint8Array(this.#used).fill(1, 0, this.#prompt)
    for (const end of live) {
      if (this.#reach === 'parent') marked[end] = 1
      else for (let slot = end; slot >= 0 && !marked[slot]; slot = this.#parents[slot]) marked[slot] = 1
    }
    this.#free.length = 0
    for (let slot = this.#used - 1; slot >= 0; slot--) if (!marked[slot]) this.#free.push(slot)
    return this.#used - this.#free.length
  }
}
