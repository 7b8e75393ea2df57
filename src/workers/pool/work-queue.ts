import { FairQueue } from '../../engine/decode/turns/index.ts'
import type { Request, RequestChunk } from '../requests/request.ts'

/**
 * Number of dead workers from which on a chunk is a suspect: it runs on a worker without other work, so that no other
 * work dies with it.
 */
const SUSPECT = 2

export const isSuspect = ({ deaths }: RequestChunk): boolean => deaths >= SUSPECT

/**
 * Chunks that wait for a worker. Chunks at which workers have died go first; for the others, clients and requests take
 * turns.
 */
export class WorkQueue {
  readonly #waiting = new FairQueue<RequestChunk>(({ chunk }) => chunk.size)
  /** Suspects, each of which runs on a worker without other work. */
  readonly #suspects: RequestChunk[] = []

  /** The size of all waiting chunks, without suspects. */
  get size(): number {
    return this.#waiting.cost
  }

  /** The chunk that is taken next; undefined if none waits. */
  get first(): RequestChunk | undefined {
    return this.#suspects[0] ?? this.#waiting.first
  }

  push(work: RequestChunk): void {
    this.#waiting.push(work)
  }

  /** Puts a worker's work in front of the rest of its request. */
  putBack(work: RequestChunk): void {
    if (isSuspect(work)) this.#suspects.unshift(work)
    else this.#waiting.putBack(work)
  }

  /** Takes the first chunk out. */
  take(): RequestChunk {
    return this.#suspects.shift() ?? this.#waiting.take()
  }

  /** Takes everything out, and returns the requests. */
  takeAll(): Set<Request> {
    const requests = new Set<Request>()
    while (this.first) requests.add(this.take().request)
    return requests
  }

  /** Drops the chunks of a request. */
  drop(request: Request): void {
    const isOf = (work: RequestChunk) => work.request === request
    this.#waiting.drop(isOf, request.turn ?? { request: request.number })
    for (let i = this.#suspects.length - 1; i >= 0; i--) if (isOf(this.#suspects[i])) this.#suspects.splice(i, 1)
  }
}
