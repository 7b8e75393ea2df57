import { Heap } from './heap.ts'
import { Queue } from './queue.ts'
import { type TakesTurns, type Turn, turnOf } from './turn.ts'

/**
 * What waits for room. What has the highest priority goes first; what has waited for long takes turns with it (see AGEING). Among equals clients take turns, and the requests of a client among
 * themselves: a request of one sentence does not wait for a request of thousands, nor a client of one request for a client of thousands.
 * Each turn goes to whoever has had the least, by what it cost (start-time fair queuing, Goyal, Vin and Cheng 1996). What one request has in
 * line is taken in its order.
 */
export class FairQueue<T extends TakesTurns & object> {
  readonly #costOf: (item: T) => number
  /** The highest priority first. */
  readonly #levels: Level<T>[] = []
  /** When each item came, as `performance.now()` tells. */
  readonly #times = new WeakMap<T, number>()
  /** Whether what was taken last had waited for long. */
  #wasAged = false
  /** Whose turn it is, where that has been found out and nothing has changed since. */
  #next: Level<T> | null = null
  #length = 0
  #cost = 0

  constructor(costOf: (item: T) => number) {
    this.#costOf = costOf
  }

  get length(): number {
    return this.#length
  }

  /** What all that wait cost together. */
  get cost(): number {
    return this.#cost
  }

  push(item: T): void {
    this.#times.set(item, performance.now())
    this.#lineOf(turnOf(item)).push(item)
    this.#count(item, 1)
  }

  /** Puts an item that has been taken before in front of the others of its request. */
  putBack(item: T): void {
    this.#lineOf(turnOf(item)).putBack(item)
    this.#count(item, 1)
  }

  /** What is taken next; undefined where nothing waits. */
  get first(): T | undefined {
    this.#next ??= this.#nextLevel()
    return this.#next ? firstOf(this.#next) : undefined
  }

  /** Takes the first item out. */
  take(): T {
    const level = this.#next ?? this.#nextLevel()!
    const { clients } = level
    this.#wasAged = level !== this.#levels.find((each) => firstOf(each))
    const { requests } = clients.first!
    const item = requests.first!.take()
    const cost = this.#costOf(item)
    requests.charge(cost)
    clients.charge(cost)
    this.#count(item, -1)
    return item
  }

  /** Takes out all items for which `is` returns true; with a turn, of those that wait with it. */
  drop(is: (item: T) => boolean, turn?: Turn): void {
    const dropped = (item: T) => {
      if (!is(item)) return false
      this.#count(item, -1)
      return true
    }
    if (turn) this.#known(turn)?.drop(dropped)
    else
      for (const { clients } of this.#levels)
        for (const { requests } of clients.all) for (const line of requests.all) line.drop(dropped)
  }

  #count(item: T, sign: 1 | -1): void {
    this.#next = null
    this.#length += sign
    this.#cost += sign * this.#costOf(item)
  }

  /** The highest level, or in turn with it one whose first item has waited for long; null where nothing waits. */
  #nextLevel(): Level<T> | null {
    const waiting = this.#levels.filter((level) => firstOf(level))
    const [highest, ...others] = waiting
    if (!highest || !others.length || this.#wasAged) return highest ?? null
    const now = performance.now()
    const waited = (level: Level<T>) => now - this.#times.get(firstOf(level)!)!
    const aged = others.filter((each) => waited(each) > AGEING * (highest.priority - each.priority))
    return aged.length ? aged.reduce((one, other) => (waited(other) > waited(one) ? other : one)) : highest
  }

  #known({ request, client = '', priority = 0 }: Turn): Line<T> | undefined {
    const level = this.#levels.find((each) => each.priority === priority)
    return level?.clients.get(client)?.requests.get(request)
  }

  #lineOf({ request, client = '', priority = 0 }: Turn): Line<T> {
    let level = this.#levels.find((each) => each.priority === priority)
    if (!level) {
      level = { priority, clients: new Sharers() }
      this.#levels.push(level)
      this.#levels.sort((a, b) => b.priority - a.priority)
    }
    return level.clients.entered(client, () => new Client()).requests.entered(request, () => new Line())
  }
}

/** Milliseconds for each step between two priorities after which what waits with the lower takes turns with the higher: it gets half of them. */
const AGEING = 2000

/** What waits with one priority. */
interface Level<T> {
  priority: number
  clients: Sharers<string, Client<T>>
}

const firstOf = <T>({ clients }: Level<T>): T | undefined => clients.first?.requests.first?.first

/** The requests of one client that wait. */
class Client<T> {
  readonly requests = new Sharers<unknown, Line<T>>()

  get isEmpty(): boolean {
    return this.requests.first === undefined
  }
}

/** What waits of one request. */
class Line<T> extends Queue<T> {
  get isEmpty(): boolean {
    return this.length === 0
  }
}

/** Up to so many are remembered who have nothing left. */
const REMEMBERED = 1000

/**
 * Those who take turns, by how much each has had. Who has nothing left is forgotten when the others have had as much, or when too many are
 * remembered. Who comes back after that begins as a newcomer, and has gained the cost of one item at most.
 */
class Sharers<K, S extends { readonly isEmpty: boolean }> {
  readonly #all = new Map<K, Entry<K, S>>()
  #inOrder = new Heap<Entry<K, S>>(comesBefore)
  /** How many there may be before those who have nothing left are forgotten. */
  #most = REMEMBERED
  /** What whoever was served last had had before. Newcomers begin there, so that nobody saves up turns. */
  #clock = 0
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
      entry = { key, sharer: create(), had: this.#clock, number: this.#number++ }
      this.#all.set(key, entry)
      this.#inOrder.push(entry)
    }
    return entry.sharer
  }

  /** Whose turn it is; undefined where nobody has anything. */
  get first(): S | undefined {
    for (let first = this.#inOrder.first; first; first = this.#inOrder.first) {
      if (!first.sharer.isEmpty) return first.sharer
      this.#inOrder.pop()
      this.#all.delete(first.key)
    }
    return undefined
  }

  /** Counts what the first has been given. */
  charge(cost: number): void {
    const first = this.#inOrder.first!
    this.#clock = first.had
    first.had += cost
    this.#inOrder.sink()
  }

  /** Forgets all who have nothing left. */
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
  /** How much it has had, in the unit of costs. */
  had: number
  /** Who came before goes before, where they have had as much. */
  number: number
}

const comesBefore = (a: Rank, b: Rank) => a.had < b.had || (a.had === b.had && a.number < b.number)
