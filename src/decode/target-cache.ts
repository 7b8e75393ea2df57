import type { Hypothesis } from './hypothesis.ts'
import { Slab } from './slab.ts'

/**
 * The decoder's keys and values. A step writes those of each row into a slot of its own and never moves them; hypotheses are
 * paths of slots, so reordering beams copies nothing. Slots that no live hypothesis descends from are found again by marking
 * when the free ones run out.
 */
export class TargetCache {
  readonly slab: Slab
  #free: number[] = []
  #used = 0

  constructor(layers: number, width: number) {
    this.slab = new Slab('cache', layers, width, 512)
  }

  /** Whether `count` slots can be taken. */
  has(count: number): boolean {
    return this.#available >= count
  }

  /** Makes sure that `count` slots can be taken while these hypotheses are live. */
  reserve(count: number, live: Iterable<Hypothesis>): void {
    if (this.has(count)) return
    this.#sweep(live)
    // Sweeping costs time too: leave room for several steps.
    if (this.#available < 4 * count) this.slab.grow(this.slab.capacity + 4 * count)
  }

  /** A slot that nobody reads. */
  take(): number {
    return this.#free.pop() ?? this.#used++
  }

  get #available(): number {
    return this.#free.length + this.slab.capacity - this.#used
  }

  #sweep(live: Iterable<Hypothesis>): void {
    const marked = new Uint8Array(this.#used)
    for (const hypothesis of live)
      for (let h: Hypothesis | null = hypothesis; h && (h.slot < 0 || !marked[h.slot]); h = h.parent)
        if (h.slot >= 0) marked[h.slot] = 1
    this.#free = []
    for (let slot = this.#used - 1; slot >= 0; slot--) if (!marked[slot]) this.#free.push(slot)
  }
}
