import { FairQueue } from '../../../engine/decode/turns/index.ts'
import type { Request, Work } from './pool-request.ts'

/** A chunk at which so many workers have died is worked on by a worker that has nothing else, so that no other work dies with it. */
const SUSPECT = 2

export const isSuspect = ({ deaths }: Work): boolean => deaths >= SUSPECT

/** Chunks that wait for a worker. Those at which workers have died go first; clients and requests take turns for the others. */
export class WorkQueue {
  readonly #waiting = new FairQueue<Work>(({ chunk }) => chunk.size)
  /** Each time these go to a worker that has nothing else. */
  readonly #suspects: Work[] = []

  /** The size of all that waits, without suspects. */
  get size(): number {
    return this.#waiting.cost
  }

  /** What is taken next; undefined where nothing waits. */
  get first(): Work | undefined {
    return this.#suspects[0] ?? this.#waiting.first
  }

  push(work: Work): void {
    this.#waiting.push(work)
  }

  /** Puts work that a worker had in front of the rest of its request. */
  putBack(work: Work): void {
    if (isSuspect(work)) this.#suspects.unshift(work)
    else this.#waiting.putBack(work)
  }

  /** Takes the first out. */
  take(): Work {
    return this.#suspects.shift() ?? this.#waiting.take()
  }

  /** Takes everything out, and gives its requests. */
  takeAll(): Set<Request> {
    const requests = new Set<Request>()
    while (this.first) requests.add(this.take().request)
    return requests
  }

  /** Forgets the chunks of a request. */
  drop(request: Request): void {
    const isOf = (work: Work) => work.request === request
    this.#waiting.drop(isOf, request.turn ?? { request: request.number })
    for (let i = this.#suspects.length - 1; i >= 0; i--) if (isOf(this.#suspects[i])) this.#suspects.splice(i, 1)
  }
}
