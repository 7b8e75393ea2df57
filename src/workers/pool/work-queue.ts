import { CACHED_BYTES } from '../../engine/backend/interface/cached-weights.ts'
import { FairQueue } from '../../engine/decode/turns/index.ts'
import type { Request, RequestChunk } from '../requests/request.ts'

/**
 * Largest number of characters at one worker: enough to keep its batch full, and few enough that late requests still
 * find room.
 */
export const ENOUGH = 6000

/** Largest number of characters of a small chunk. */
export const SMALL = ENOUGH / 8

/** Strategy of giving work to workers: 'spread' gives it to all workers, 'fill' to one worker until it has enough. */
export type Order = 'spread' | 'fill'

/**
 * The strategy that is fastest for a model. Small weights stay in the caches, so that sentences side by side, each in a
 * worker of its own, are fastest. Large weights are read from memory once for each step of each worker, so that one
 * worker with all sentences in its batch reads them less often, provided it can use all cores. `threads` is the number
 * of threads of a worker that is busy alone.
 */
export const orderFor = (bytesOfWeights: number, threads: number, cores: number): Order =>
  bytesOfWeights > CACHED_BYTES && threads > 1 && threads >= cores ? 'fill' : 'spread'

/**
 * The worker that gets the next chunk; 'another' if a worker should be started, or null while all have enough. `sizes`
 * holds the characters of each worker.
 */
export function chooseWorker(sizes: readonly number[], most: number, order: Order): number | 'another' | null {
  if (order === 'fill') {
    const first = sizes.findIndex((size) => size < ENOUGH)
    if (first >= 0) return first
    return sizes.length < most ? 'another' : null
  }
  const least = sizes.indexOf(Math.min(...sizes))
  if (sizes[least] === 0) return least
  if (sizes.length < most) return 'another'
  return sizes[least] < ENOUGH ? least : null
}

/** An idle worker, 'another' if one should be started, or null. `sizes` holds the characters of each worker. */
export function chooseIdle(sizes: readonly number[], most: number): number | 'another' | null {
  const idle = sizes.indexOf(0)
  if (idle >= 0) return idle
  return sizes.length < most ? 'another' : null
}

/**
 * The worker that gets a small chunk although all have enough: the one with the least work, if all other chunks of its
 * request are done. Such a chunk then does not wait for large requests. Null if that worker has too much.
 */
export function roomForSmall(sizes: readonly number[], isSmall: boolean): number | null {
  if (!isSmall) return null
  const least = sizes.indexOf(Math.min(...sizes))
  return sizes[least] < 2 * ENOUGH ? least : null
}

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
