import { entryOf } from '../../../base/present.ts'
import { FairClock } from './fair-clients.ts'
import { type TakesTurns, turnOf } from './turn.ts'

/** A sentence under way. */
interface UnderWay {
  readonly sentence: TakesTurns
  /** The number of rows that its next step computes. */
  readonly rows: number
}

/** Fixed cost of a step, in rows: the number of rows that could be computed in the same time. */
const STEP = 12
/** A sharer that is ahead of the others by at most this many rows still steps together with them. */
const AHEAD = 64

/**
 * Fair choice of the sentences that take the next step. Clients share the time fairly, and so do the requests of each
 * client: a sharer that has received more than others waits for them. A sentence that is alone in its request is
 * therefore done after about as many steps as it has tokens, and these steps are short, however large other requests
 * are. Waiting sentences lose only time: their keys and values stay in the caches.
 */
export class StepScheduler<S extends UnderWay> {
  readonly #clients = new Sharer()

  /** The sentences that take the next step. */
  next(sentences: Iterable<S>): S[] {
    const list = [...sentences]
    if (!list.length) return list
    const rows = rowsOf(list)
    const stepping = new Map<unknown, Sharer>()
    for (const [client, sharer] of this.#clients.first(rows.keys()))
      for (const [request, own] of sharer.first(entryOf(rows, client).keys())) stepping.set(request, own)
    const chosen = list.filter(({ sentence }) => stepping.has(turnOf(sentence).request))
    this.#charge(rows, stepping, chosen)
    return chosen
  }

  #charge(
    rows: ReadonlyMap<string, ReadonlyMap<unknown, number>>,
    stepping: ReadonlyMap<unknown, Sharer>,
    chosen: S[],
  ) {
    const total = chosen.reduce((sum, each) => sum + each.rows, 0)
    const perRow = 1 + STEP / Math.max(1, total)
    for (const [client, requests] of rows)
      for (const [request, own] of requests) {
        const sharer = stepping.get(request)
        if (!sharer) continue
        sharer.service += perRow * own
        this.#clients.of(client).service += perRow * own
      }
  }
}

/** The number of rows of each request of each client. */
function rowsOf(list: readonly UnderWay[]): Map<string, Map<unknown, number>> {
  const clients = new Map<string, Map<unknown, number>>()
  for (const { sentence, rows } of list) {
    const { client = '', request } = turnOf(sentence)
    let requests = clients.get(client)
    if (!requests) {
      requests = new Map()
      clients.set(client, requests)
    }
    requests.set(request, (requests.get(request) ?? 0) + rows)
  }
  return clients
}

/**
 * A sharer's service, and the sharers among which it was divided. Several sharers step at once, so that none is the
 * next one as in `FairClients`.
 */
class Sharer {
  /** Service received so far, in rows. */
  service: number
  readonly #members = new Map<unknown, Sharer>()
  readonly #clock = new FairClock()

  constructor(service = 0) {
    this.service = service
  }

  of(member: unknown): Sharer {
    return entryOf(this.#members, member)
  }

  /** The members whose turn it is. Members that are not among `present` are forgotten. */
  first<K>(present: Iterable<K>): [K, Sharer][] {
    const keys = [...present]
    const start = this.#startBeside(keys.flatMap((key) => this.#members.get(key) ?? []))
    const all = keys.map((key): [K, Sharer] => [key, this.#members.get(key) ?? new Sharer(start)])
    this.#members.clear()
    for (const [key, sharer] of all) this.#members.set(key, sharer)
    const least = Math.min(...all.map(([, { service }]) => service))
    this.#clock.advance(least)
    return all.filter(([, { service }]) => service <= least + AHEAD)
  }

  /**
   * The service with which newcomers start beside others: the mean of theirs, but no more than lets a newcomer step at
   * once. With the least, each newcomer would take the place of the last: where requests of one sentence come in every
   * step, the least would stay where it is, and all that have taken AHEAD rows would wait for them.
   */
  #startBeside(others: readonly Sharer[]): number {
    if (!others.length) return this.#clock.start
    const services = others.map(({ service }) => service)
    const mean = services.reduce((sum, service) => sum + service, 0) / services.length
    return Math.min(mean, Math.min(...services) + AHEAD)
  }
}
