/** Slots of an empty table. */
const FIRST_SLOTS = 1 << 12
/** The largest fraction of used slots: in a fuller table, finding a free slot takes long. */
const FULL = 0.7
const EMPTY = -1

/** A table with two numbers for each added pair of a source token and a target token: `probability` and `count`. */
export class PairTable {
  /** The source token of each slot; −1 is an empty slot. */
  sources = new Int32Array(0)
  targets = new Int32Array(0)
  probabilities = new Float64Array(0)
  counts = new Float64Array(0)
  size = 0
  #bits = 0

  constructor() {
    this.#allocate(FIRST_SLOTS)
  }

  /** The slot of a pair, or −1. */
  find(source: number, target: number): number {
    const slot = this.#slotOf(source, target)
    return this.sources[slot] === EMPTY ? -1 : slot
  }

  /** Adds to a pair's count, and enters the pair if it is new. */
  add(source: number, target: number, count: number): void {
    let slot = this.#slotOf(source, target)
    if (this.sources[slot] === EMPTY) {
      if (this.size >= FULL * this.sources.length) {
        this.#rebuild(2 * this.sources.length, 0)
        slot = this.#slotOf(source, target)
      }
      this.sources[slot] = source
      this.targets[slot] = target
      this.size++
    }
    this.counts[slot] += count
  }

  /** Drops the pairs whose count is lower than `least`. */
  forget(least: number): void {
    this.#rebuild(this.sources.length, least)
  }

  #rebuild(slots: number, least: number): void {
    const { sources, targets, probabilities, counts } = this
    this.#allocate(slots)
    for (let from = 0; from < sources.length; from++) {
      if (sources[from] === EMPTY || counts[from] < least) continue
      const slot = this.#slotOf(sources[from], targets[from])
      this.sources[slot] = sources[from]
      this.targets[slot] = targets[from]
      this.probabilities[slot] = probabilities[from]
      this.counts[slot] = counts[from]
      this.size++
    }
  }

  #allocate(slots: number): void {
    this.sources = new Int32Array(slots).fill(EMPTY)
    this.targets = new Int32Array(slots)
    this.probabilities = new Float64Array(slots)
    this.counts = new Float64Array(slots)
    this.size = 0
    this.#bits = 31 - Math.clz32(slots)
  }

  /** The slot of a pair, or the slot for it: the first slot from its hash on that has this pair or is empty. */
  #slotOf(source: number, target: number): number {
    const { sources, targets } = this
    const last = sources.length - 1
    const hash = Math.imul(Math.imul(source, 0x9e3779b1) ^ target, 0x85ebca6b)
    let slot = hash >>> (32 - this.#bits)
    while (sources[slot] !== EMPTY && (sources[slot] !== source || targets[slot] !== target)) slot = (slot + 1) & last
    return slot
  }
}
