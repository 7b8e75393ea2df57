import { type TakesTurns, turnOf } from './turn.ts'

/** A sentence under way. */
interface UnderWay {
  readonly sentence: TakesTurns
  /** The rows that its next step computes. */
  readonly rows: number
}

/** About how many rows could be computed in the time that a step takes beside its rows. */
const STEP = 12
/** Who has had so many rows more than others, at most, still steps together with them. */
const AHEAD = 64

/**
 * Which sentences take the next step. Clients share the time fairly, and so do the requests of a client: who has had more than others waits
 * for them. A sentence that is alone in its request is therefore done after about as many steps as it has tokens, and these steps are short,
 * whatever a large request has under way. Sentences that wait lose nothing but time: their keys and values stay in the caches.
 */
export class StepTurns<S extends UnderWay> {
  readonly #clients = new Share()

  /** Those of `sentences` that step now. */
  next(sentences: Iterable<S>): S[] {
    const list = [...sentences]
    if (!list.length) return list
    const rows = rowsOf(list)
    const stepping = new Map<unknown, Share>()
    for (const [client, share] of this.#clients.first(rows.keys()))
      for (const [request, own] of share.first(rows.get(client)!.keys())) stepping.set(request, own)
    const chosen = list.filter(({ sentence }) => stepping.has(turnOf(sentence).request))
    this.#charge(rows, stepping, chosen)
    return chosen
  }

  #charge(rows: ReadonlyMap<string, ReadonlyMap<unknown, number>>, stepping: ReadonlyMap<unknown, Share>, chosen: S[]) {
    const total = chosen.reduce((sum, each) => sum + each.rows, 0)
    const perRow = 1 + STEP / Math.max(1, total)
    for (const [client, requests] of rows)
      for (const [request, own] of requests) {
        const share = stepping.get(request)
        if (!share) continue
        share.had += perRow * own
        this.#clients.of(client).had += perRow * own
      }
  }
}

/** The rows of each request of each client. */
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

/** What someone has had, and those among whom it was shared. */
class Share {
  /** In rows. */
  had = 0
  readonly #members = new Map<unknown, Share>()
  /** What the member who had least had before the last step. Newcomers begin there. */
  #clock = 0

  of(member: unknown): Share {
    return this.#members.get(member)!
  }

  /** The members whose turn it is; those who are not among `present` are forgotten. */
  first<K>(present: Iterable<K>): [K, Share][] {
    const all: [K, Share][] = []
    for (const key of present) {
      let share = this.#members.get(key)
      if (!share) {
        share = new Share()
        share.had = this.#clock
      }
      all.push([key, share])
    }
    this.#members.clear()
    for (const [key, share] of all) this.#members.set(key, share)
    const least = Math.min(...all.map(([, { had }]) => had))
    this.#clock = Math.max(this.#clock, least)
    return all.filter(([, { had }]) => had <= least + AHEAD)
  }
}
