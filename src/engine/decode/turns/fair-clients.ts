import { present } from '../../../base/present.ts'

/**
 * The virtual time of start-time fair queuing (Goyal, Vin and Cheng 1996): the service that the last served sharer had
 * received before. A newcomer's service starts at this time, so that nobody saves up turns.
 */
export class FairClock {
  #time = 0

  /** The service with which a newcomer starts. */
  get start(): number {
    return this.#time
  }

  /** Advances to the service, so far, of the sharer that is served next; the time never goes back. */
  advance(service: number): void {
    this.#time = Math.max(this.#time, service)
  }
}

/** A binary heap whose least item comes first. */
export class Heap<T> {
  readonly #items: T[] = []
  readonly #isBefore: (a: T, b: T) => boolean

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(item, items[parent])) break
      items[at] = items[parent]
      at = parent
    }
    items[at] = item
  }

  /** Takes the first item out. */
  pop(): void {
    const last = present(this.#items.pop())
    if (!this.#items.length) return
    this.#items[0] = last
    this.sink()
  }

  /** Restores the heap after its first item has grown. */
  sink(): void {
    const items = this.#items
    const item = items[0]
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.#isBefore(items[child + 1], items[child])) child++
      if (!this.#isBefore(items[child], item)) break
      items[at] = items[child]
      at = child
    }
    items[at] = item
  }
}

/** Number of idle sharers that are remembered at least. */
const REMEMBERED = 1000

/**
 * FairClients that take turns, in the order of the service each has received. An idle sharer is forgotten once all others
 * have received as much, or when too many idle sharers are remembered. A forgotten sharer that returns starts as a
 * newcomer, and has gained the cost of one item at most.
 */
export class FairClients<K, S extends { readonly isEmpty: boolean }> {
  readonly #all = new Map<K, Entry<K, S>>()
  #inOrder = new Heap<Entry<K, S>>(comesBefore)
  /** The number of sharers at which idle ones are forgotten. */
  #most = REMEMBERED
  readonly #clock = new FairClock()
  #number = 0

  get all(): S[] {
    return Array.from(this.#all.values(), ({ sharer }) => sharer)
  }

  get(key: K): S | undefined {
    return this.#all.get(key)?.sharer
  }

  entered(key: K, create: () => S): S {
    let entry = this.#all.get(key)
    if (!entry) {
      if (this.#all.size >= this.#most) this.#forget()
      entry = { key, sharer: create(), service: this.#clock.start, number: this.#number++ }
      this.#all.set(key, entry)
      this.#inOrder.push(entry)
    }
    return entry.sharer
  }

  /** The sharer whose turn it is; undefined if all are idle. */
  get first(): S | undefined {
    for (let first = this.#inOrder.first; first; first = this.#inOrder.first) {
      if (!first.sharer.isEmpty) return first.sharer
      this.#inOrder.pop()
      this.#all.delete(first.key)
    }
    return undefined
  }

  /** Adds a cost to the service of the first sharer. */
  charge(cost: number): void {
    const first = present(this.#inOrder.first)
    this.#clock.advance(first.service)
    first.service += cost
    this.#inOrder.sink()
  }

  /** Forgets all idle sharers. */
  #forget(): void {
    this.#inOrder = new Heap<Entry<K, S>>(comesBefore)
    for (const [key, entry] of this.#all)
      if (entry.sharer.isEmpty) this.#all.delete(key)
      else this.#inOrder.push(entry)
    this.#most = 2 * this.#all.size + REMEMBERED // so that this happens seldom
  }
}

interface Entry<K, S> extends Rank {
  key: K
  sharer: S
}

interface Rank {
  /** Service received so far, in units of cost. */
  service: number
  /** Order of arrival, which decides between sharers with equal service. */
  number: number
}

const comesBefore = (a: Rank, b: Rank) => a.service < b.service || (a.service === b.service && a.number < b.number)
