import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { messageOf } from '../../base/errors.ts'
import { entryOf } from '../../base/present.ts'
import type { Request, RequestChunk } from '../requests/request.ts'
import type { FromWorker, StartWorkerThread, ToWorker, WorkerStart, WorkerThread } from '../threads/messages.ts'
import { WorkerCounts } from '../threads/worker-counts.ts'
import { isSuspect } from './work-queue.ts'

/** Callbacks of a thread's events. */
export interface ThreadListener {
  received(messages: readonly FromWorker[]): void
  /** The thread has ended; `what` describes how. */
  lost(what: string, cause?: unknown): void
}

/** A worker thread and its work. An idle thread does not keep the process alive. */
export class PoolThread {
  readonly counts = new WorkerCounts()
  readonly #worker: WorkerThread
  readonly #port: MessagePort
  /** The chunks under way, by their numbers. */
  readonly #chunks = new Map<number, RequestChunk>()
  /** The size of these chunks in characters, at most CHUNK_SIZE each. */
  #size = 0
  /** Messages that are sent together, once all available work has been handed out. */
  #outgoing: ToWorker[] = []
  #isAlone = false

  /** @throws GlassformerError ERR_WORKER if Node.js may not start threads */
  constructor(start: Omit<WorkerStart, 'counts' | 'port'>, startThread: StartWorkerThread) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = startThread({ ...start, counts: this.counts.memory, port: port2 })
  }

  get size(): number {
    return this.#size
  }

  get isBusy(): boolean {
    return this.#chunks.size > 0
  }

  /** Whether it works on a chunk at which workers have died, which excludes other work meanwhile. */
  get isAlone(): boolean {
    return this.#isAlone
  }

  get chunks(): ReadonlyMap<number, RequestChunk> {
    return this.#chunks
  }

  listen({ received, lost }: ThreadListener): void {
    this.#port.on('message', received)
    this.#port.unref() // whether the process waits is up to the thread alone
    const ended = (what: string, cause?: unknown) => {
      // Messages come by a channel of their own, which the end of the thread may overtake.
      for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port))
        received(next.message)
      lost(what, cause)
    }
    this.#worker.on('error', (error) => ended(`a worker thread died: ${messageOf(error)}`, error))
    this.#worker.on('exit', (code) => ended(`a worker thread stopped with exit code ${code}`))
  }

  /** Gives it a chunk, which is sent with the next messages. */
  give(number: number, work: RequestChunk): void {
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
      acceptedAt: chunk === request.chunks[0] && !work.deaths ? request.acceptedAt : undefined,
      kind: chunk.kind,
      contents: chunk.contents,
    })
  }

  /** Ends its work on a chunk. */
  finish(number: number): void {
    this.#size -= entryOf(this.#chunks, number).chunk.size
    this.#chunks.delete(number)
    if (this.isBusy) return
    this.#isAlone = false
    this.#worker.unref()
  }

  /** Tells it to drop the sentences of a request, with the next messages. */
  cancel(request: Request): void {
    this.#outgoing.push({ type: 'cancel', request: request.number })
  }

  /** Records that it has loaded the model. */
  ready(): void {
    if (!this.isBusy) this.#worker.unref()
  }

  /** Sends the messages. */
  send(): void {
    if (this.#outgoing.length) this.#port.postMessage(this.#outgoing)
    this.#outgoing = []
  }

  /** Removes and returns all of its work. */
  takeAll(): RequestChunk[] {
    const works = [...this.#chunks.values()]
    this.#chunks.clear()
    return works
  }

  terminate(): Promise<number> {
    return this.#worker.terminate()
  }
}
