import type { Worker } from 'node:worker_threads'
import { messageOf } from '../../../base/errors.ts'
import type { FromWorker, ToWorker, WorkerStart } from './messages.ts'
import type { Request, Work } from './pool-request.ts'
import { startThread } from './start-thread.ts'
import { isSuspect } from './work-queue.ts'
import { WorkerCounts } from './worker-counts.ts'

/** Who is told what a thread does. */
export interface ThreadListener {
  received(messages: readonly FromWorker[]): void
  /** The thread has ended; `what` says how. */
  lost(what: string, cause?: unknown): void
}

/** A worker thread, and what it works on. The process does not wait for a thread that has nothing to do. */
export class PoolThread {
  readonly counts = new WorkerCounts()
  readonly #worker: Worker
  /** What is being worked on, by the numbers of chunks. */
  readonly #chunks = new Map<number, Work>()
  /** The characters of these chunks, at most CHUNK_SIZE of each. */
  #size = 0
  /** Messages that go together, when all that can be handed out has been. */
  #outgoing: ToWorker[] = []
  #isAlone = false

  /** @throws GlassformerError ERR_WORKER where Node.js may start no threads */
  constructor(start: Omit<WorkerStart, 'counts'>) {
    this.#worker = startThread({ ...start, counts: this.counts.memory })
  }

  get size(): number {
    return this.#size
  }

  get isBusy(): boolean {
    return this.#chunks.size > 0
  }

  /** Whether it works on a chunk at which workers have died, and gets nothing else meanwhile. */
  get isAlone(): boolean {
    return this.#isAlone
  }

  get chunks(): ReadonlyMap<number, Work> {
    return this.#chunks
  }

  listen({ received, lost }: ThreadListener): void {
    this.#worker.on('message', received)
    this.#worker.on('error', (error) => lost(`a worker thread died: ${messageOf(error)}`, error))
    this.#worker.on('exit', (code) => lost(`a worker thread stopped with exit code ${code}`))
  }

  /** Gives it a chunk, which goes with the next messages. */
  give(number: number, work: Work): void {
    const { chunk, request, turn } = work
    this.#chunks.set(number, work)
    this.#size += chunk.size
    this.#isAlone = isSuspect(work)
    this.#worker.ref()
    this.#outgoing.push({
      type: 'chunk',
      chunk: number,
      request: request.number,
      turn,
      accepted: chunk === request.chunks[0] && !work.deaths ? request.accepted : undefined,
      contents: chunk.contents,
    })
  }

  /** Ends its work on a chunk. */
  finish(number: number): void {
    this.#size -= this.#chunks.get(number)!.chunk.size
    this.#chunks.delete(number)
    if (this.isBusy) return
    this.#isAlone = false
    this.#worker.unref()
  }

  /** Tells it to drop the sentences of a request, with the next messages. */
  cancel(request: Request): void {
    this.#outgoing.push({ type: 'cancel', request: request.number })
  }

  /** It has loaded the model. */
  ready(): void {
    if (!this.isBusy) this.#worker.unref()
  }

  /** Sends the messages. */
  send(): void {
    if (this.#outgoing.length) this.#worker.postMessage(this.#outgoing)
    this.#outgoing = []
  }

  /** Takes all of its work away, and gives it. */
  takeAll(): Work[] {
    const works = [...this.#chunks.values()]
    this.#chunks.clear()
    return works
  }

  terminate(): Promise<number> {
    return this.#worker.terminate()
  }
}
