import { type CacheArray, Slab } from './slab.ts'

/** What a step reads of the past: the slots of the whole path, or only the last one, as the state of a recurrence. */
export type Reach = 'path' | 'parent'

/**
 * The decoder's keys and values, or its states. A step writes what each row leaves into a slot of its own and never moves them. Hypotheses are
 * paths of slots, so that reordering beams copies nothing. A sweep marks the live paths and frees all other slots, each time that as many
 * slots have been taken as were live before. Few slots are therefore in use, and what they hold stays in the processor's caches.
 */
export class TargetCache {
  readonly slab: Slab<CacheArray>
  /** The slot before each slot on its path, −1 for the first. These numbers lie side by side, as hypotheses do not. */
  #parents: Int32Array
  #free: number[] = []
  #used = 0
  /** Slots that may be taken before the next sweep. */
  #allowed = 0

  readonly #reach: Reach

  constructor(layers: number, width: number, allocate: (length: number) => CacheArray, reach: Reach = 'path') {
    this.#reach = reach
    this.slab = new Slab('cache', layers, width, 512, allocate)
    this.#parents = new Int32Array(this.slab.capacity)
  }

  /** Whether `count` slots can be taken. */
  has(count: number): boolean {
    return this.#allowed >= count
  }

  /** Makes room for `count` slots where there is none; the paths to `live` stay. */
  reserve(count: number, live: Iterable<number>): void {
    // Sweeping costs time too: leave room for several steps.
    const several = Math.max(4 * count, this.#sweep(live))
    if (this.#available < 4 * count) this.#grow(this.slab.capacity + 4 * count)
    this.#allowed = Math.min(several, this.#available)
  }

  /** Takes a slot that no path uses, and puts it at the end of the path to `parent`; with −1 the slot begins a path. */
  take(parent: number): number {
    this.#allowed--
    const slot = this.#free.pop() ?? this.#used++
    this.#parents[slot] = parent
    return slot
  }

  /** How many slots a row of this position reads: those of its past, and its own. */
  read(position: number): number {
    return this.#reach === 'path' ? position + 1 : 0
  }

  /** Writes the path to a slot into `into`, in the places before `end`; the slot itself comes last. */
  writePath(slot: number, into: Int32Array, end: number): void {
    const parents = this.#parents
    for (; slot >= 0; slot = parents[slot]) into[--end] = slot
  }

  get #available(): number {
    return this.#free.length + this.slab.capacity - this.#used
  }

  #grow(slots: number): void {
    this.slab.grow(slots)
    const parents = new Int32Array(this.slab.capacity)
    parents.set(this.#parents)
    this.#parents = parents
  }

  /** Finds the slots that no step will read; returns how many slots steps will read. */
  #sweep(live: Iterable<number>): number {
    const marked = new Uint8Array(this.#used)
    for (const end of live) {
      if (this.#reach === 'parent') marked[end] = 1
      else for (let slot = end; slot >= 0 && !marked[slot]; slot = this.#parents[slot]) marked[slot] = 1
    }
    this.#free.length = 0
    for (let slot = this.#used - 1; slot >= 0; slot--) if (!marked[slot]) this.#free.push(slot)
    return this.#used - this.#free.length
  }
}
