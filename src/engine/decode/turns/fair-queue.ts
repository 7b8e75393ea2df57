import { entryOf, present } from '../../../base/present.ts'
import { FairClients } from './fair-clients.ts'
import { type TakesTurns, type Turn, turnOf } from './turn.ts'

/**
 * A queue, first in, first out. Taking an item does not move the others, as `shift` of an array would: a text may have
 * half a million sentences.
 */
export class Queue<T> {
  #items: T[] = []
  /** The index of the first item that has not been taken. */
  #begin = 0

  get length(): number {
    return this.#items.length - this.#begin
  }

  /** The item that is taken next; undefined if the queue is empty. */
  get first(): T | undefined {
    return this.#items[this.#begin]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Puts an item in front of the others. */
  putBack(item: T): void {
    if (this.#begin > 0) this.#items[--this.#begin] = item
    else this.#items.unshift(item)
  }

  /** Takes the first item out. */
  take(): T {
    const item = this.#items[this.#begin++]
    if (2 * this.#begin > this.#items.length) this.drop(() => false) // so that taken items do not fill the memory
    return item
  }

  /** Removes all items for which `is` returns true. */
  drop(is: (item: T) => boolean): void {
    this.#items = this.#items.slice(this.#begin).filter((item) => !is(item))
    this.#begin = 0
  }
}

/**
 * Queue of items that wait for room. The highest priority goes first, but a lower priority that has waited long takes
 * turns with it (see AGEING). Among equal priorities clients take turns, and so do the requests of each client: a
 * request of one sentence does not wait for a request of thousands, nor does a client with one request wait for a
 * client with thousands. Each turn goes to the sharer that has been served least, measured by cost (`FairClock`). The
 * items of one request keep their order.
 */
export class FairQueue<T extends TakesTurns & object> {
  readonly #costOf: (item: T) => number
  /** The levels, highest priority first. */
  readonly #levels: Level<T>[] = []
  /** The arrival time of each item, as `performance.now()` measures it. */
  readonly #times = new WeakMap<T, number>()
  /** Whether the last item was taken because it had waited long. */
  #wasAged = false
  /** The level whose turn it is, cached until the queue changes. */
  #next: Level<T> | null = null
  #length = 0
  #cost = 0

  constructor(costOf: (item: T) => number) {
    this.#costOf = costOf
  }

  get length(): number {
    return this.#length
  }

  /** The cost of all waiting items together. */
  get cost(): number {
    return this.#cost
  }

  push(item: T): void {
    this.#times.set(item, performance.now())
    this.#lineOf(turnOf(item)).push(item)
    this.#count(item, 1)
  }

  /** Puts an item that has been taken back in front of the other items of its request. */
  putBack(item: T): void {
    this.#lineOf(turnOf(item)).putBack(item)
    this.#count(item, 1)
  }

  /** The item that is taken next; undefined if the queue is empty. */
  get first(): T | undefined {
    this.#next ??= this.#nextLevel()
    return this.#next ? firstOf(this.#next) : undefined
  }

  /** Takes the first item out. */
  take(): T {
    const level = this.#next ?? present(this.#nextLevel())
    const { clients } = level
    this.#wasAged = level !== this.#levels.find((each) => firstOf(each))
    const { requests } = present(clients.first)
    const item = present(requests.first).take()
    const cost = this.#costOf(item)
    requests.charge(cost)
    clients.charge(cost)
    this.#count(item, -1)
    return item
  }

  /** Removes all items for which `is` returns true; with `turn`, only items that wait with it. */
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

  /** The highest level, or alternately with it a level whose first item has waited long; null if the queue is empty. */
  #nextLevel(): Level<T> | null {
    const waiting = this.#levels.filter((level) => firstOf(level))
    const [highest, ...others] = waiting
    if (!highest || !others.length || this.#wasAged) return highest ?? null
    const now = performance.now()
    const waited = (level: Level<T>) => now - entryOf(this.#times, present(firstOf(level)))
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
      level = { priority, clients: new FairClients() }
      this.#levels.push(level)
      this.#levels.sort((a, b) => b.priority - a.priority)
    }
    return level.clients.entered(client, () => new Client()).requests.entered(request, () => new Line())
  }
}

/**
 * Waiting time in milliseconds, for each step between two priorities, after which the lower priority takes turns with
 * the higher one and is served half of the time.
 */
const AGEING = 2000

/** The waiting items of one priority. */
interface Level<T> {
  priority: number
  clients: FairClients<string, Client<T>>
}

const firstOf = <T>({ clients }: Level<T>): T | undefined => clients.first?.requests.first?.first

/** The waiting requests of one client. */
class Client<T> {
  readonly requests = new FairClients<unknown, Line<T>>()

  get isEmpty(): boolean {
    return this.requests.first === undefined
  }
}

/** The waiting items of one request. */
class Line<T> extends Queue<T> {
  get isEmpty(): boolean {
    return this.length === 0
  }
}
