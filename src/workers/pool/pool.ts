import { availableParallelism } from 'node:os'
import { sharedMemory } from '../../base/allocated.ts'
import { GlassformerError } from '../../base/errors.ts'
import { entryOf, present } from '../../base/present.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import type { JobKind, ResultOf } from '../jobs/job-kind.ts'
import { Backlog, noOutcomes } from '../requests/backlog.ts'
import type { Chunk } from '../requests/chunks.ts'
import type { Request, RequestChunk } from '../requests/request.ts'
import { type SubmitOptions, submit } from '../requests/submit.ts'
import {
  type FromWorker,
  fromPlain,
  type SharedModel,
  type StartWorkerThread,
  type WorkerOptions,
} from '../threads/messages.ts'
import { threadsOf } from '../threads/threads.ts'
import { WorkerCounts } from '../threads/worker-counts.ts'
import { PoolThread } from './pool-thread.ts'
import {
  chooseIdle,
  chooseWorker,
  isSuspect,
  type Order,
  orderFor,
  roomForSmall,
  SMALL,
  WorkQueue,
} from './work-queue.ts'

/** How many workers a pool has at the most, how they load the model, and how much work may be open. */
export interface PoolOptions extends WorkerOptions {
  workers: number
  /** Limits of open texts and characters. Default: none. */
  queueTexts?: number
  queueCharacters?: number
}

/** The kind of job for which workers are prepared when they load, and how their threads are started. */
export interface PoolWorkers {
  kind: string
  start: StartWorkerThread
}

/** The data that the first worker passes on when it has loaded the model. */
interface Loaded {
  info: BackendInfo
  model: SharedModel
}

/** Number of dead workers after which a chunk is given up. */
const HOPELESS = 5

/**
 * Worker threads that share one copy of the weights. The first worker loads the model; others start when there is work
 * for them. Clients and requests take turns, so that a short request does not wait for a long one. When a thread dies,
 * others begin its work anew.
 */
export class Pool {
  readonly #options: PoolOptions
  readonly #workers: PoolWorkers
  readonly #threads = new Set<PoolThread>()
  readonly #waiting = new WorkQueue()
  /** The number of chunks of each request that workers have. */
  readonly #given = new Map<unknown, number>()
  /** The shared number of threads of each worker; see `WorkerStart.threads`. */
  readonly #threadsOfEach = new Int32Array(sharedMemory(4))
  /** The start data of the next worker; null once no more workers will start. */
  #model: SharedModel | string | null
  #order: Order = 'spread'
  #number = 0
  /** Whether chunks are about to be handed out: calls of one turn of the event loop share a message to each worker. */
  #isToHandOut = false
  #closed: Promise<unknown> | null = null
  #loading: { resolve(value: Loaded): void; reject(error: GlassformerError): void } | null = null

  /** The accepted work and its limits. */
  readonly backlog: Backlog
  /** Outcomes of requests, counted by the code that makes requests. */
  readonly outcomes = noOutcomes()
  /** The number of workers that have died. */
  deaths = 0
  /** Characters of all chunks that are done. */
  #done = 0
  /** Counts of workers that have ended, and of the pool itself. */
  readonly #past = new WorkerCounts()
  /** Requests that have begun. */
  readonly #begun = new WeakSet<Request>()

  private constructor(path: string, options: PoolOptions, workers: PoolWorkers) {
    this.#model = path
    this.#options = options
    this.#workers = workers
    this.backlog = new Backlog({ texts: options.queueTexts, characters: options.queueCharacters })
  }

  /** Starts the first worker, which loads the folder. */
  static async load(path: string, options: PoolOptions, workers: PoolWorkers): Promise<Loaded & { pool: Pool }> {
    const pool = new Pool(path, options, workers)
    const loaded = await new Promise<Loaded>((resolve, reject) => {
      pool.#loading = { resolve, reject }
      pool.#start()
    })
    return { pool, ...loaded }
  }

  /**
   * Has chunks of one kind done. Resolves with the result of every source or pair, in order; rejects with the first
   * failure.
   */
  submit<Kind extends JobKind>(
    chunks: readonly Chunk<Kind>[],
    options: SubmitOptions<Kind>,
  ): Promise<ResultOf<Kind>[]> {
    return submit(this, chunks, options)
  }

  /** @throws GlassformerError ERR_CLOSED */
  add(request: Request): void {
    if (this.#closed) throw closedError()
    const { turn = { request: request.number } } = request
    for (const chunk of request.chunks) this.#waiting.push({ chunk, request, turn, deaths: 0 })
    if (this.#isToHandOut) return
    this.#isToHandOut = true
    // After all that this turn has read from sockets: a microtask would come after each request of them.
    setImmediate(() => {
      this.#isToHandOut = false
      this.#handOut()
    })
  }

  /** Drops a request; workers drop its sentences before their next step. */
  cancel(request: Request): void {
    this.#forget(request)
    this.#handOut()
  }

  /** The number of workers that have work. */
  get busy(): number {
    let busy = 0
    for (const { isBusy } of this.#threads) if (isBusy) busy++
    return busy
  }

  /** The counts of each live worker. */
  get counts(): WorkerCounts[] {
    return Array.from(this.#threads, ({ counts }) => counts)
  }

  /** The counts of all workers since the pool was loaded. */
  get totals(): WorkerCounts {
    const totals = new WorkerCounts()
    for (const counts of [this.#past, ...this.counts]) totals.addAll(counts)
    return totals
  }

  /** Characters that have not been given to a worker, and those that are done. */
  get characters(): { waiting: number; done: number } {
    return { waiting: this.#waiting.size, done: this.#done }
  }

  /** The number of texts (or pairs) that workers have. */
  get givenTexts(): number {
    let texts = 0
    for (const { chunks } of this.#threads) for (const { chunk } of chunks.values()) texts += chunk.indices.length
    return texts
  }

  /** Stops all workers; open requests fail with ERR_CLOSED. Resolves when the threads have ended. */
  async close(): Promise<void> {
    this.#closed ??= this.#stop()
    await this.#closed
  }

  #stop(): Promise<unknown> {
    this.#model = null
    const threads = [...this.#threads]
    const requests = this.#waiting.takeAll()
    for (const thread of threads) for (const { request } of thread.takeAll()) requests.add(request)
    for (const request of requests)
      request.fail(
        new GlassformerError('ERR_CLOSED', 'the translator was closed before this was done: await it before you close'),
      )
    return Promise.all(threads.map((thread) => thread.terminate()))
  }

  #forget(request: Request): void {
    this.#waiting.drop(request)
    for (const thread of this.#threads) {
      const owned = [...thread.chunks].filter(([, work]) => work.request === request)
      for (const [number, work] of owned) this.#finish(thread, number, work)
      if (owned.length) thread.cancel(request)
    }
  }

  /** Gives chunks to workers by turns, and divides the cores among the workers that have work now. */
  #handOut(): void {
    for (let work = this.#waiting.first; work; work = this.#waiting.first) {
      const thread = this.#threadFor(work)
      if (!thread) break
      this.#give(this.#waiting.take(), thread)
    }
    this.#divide() // before workers can read the number
    for (const thread of this.#threads) thread.send()
  }

  #give(work: RequestChunk, thread: PoolThread): void {
    this.#countQueued(work.request)
    const { request } = work.turn
    this.#given.set(request, (this.#given.get(request) ?? 0) + 1)
    thread.give(this.#number++, work)
  }

  /** Records how long a request has waited for a worker, when the first part of it is given to one. */
  #countQueued(request: Request): void {
    if (request.acceptedAt === undefined || this.#begun.has(request)) return
    this.#begun.add(request)
    this.#past.took('queued', Math.max(0, performance.timeOrigin + performance.now() - request.acceptedAt))
  }

  /** Divides the cores among the workers that have work. */
  #divide(): void {
    Atomics.store(this.#threadsOfEach, 0, threadsOf(this.#options.threads, this.busy))
  }

  /**
   * The worker that gets the next chunk; null while all have enough. If no thread can be started, one of the present
   * workers gets it.
   */
  #threadFor(work: RequestChunk, most = this.#options.workers): PoolThread | null {
    const threads = [...this.#threads].filter(({ isAlone }) => !isAlone)
    const alone = this.#threads.size - threads.length
    const sizes = threads.map(({ size }) => size)
    const choice = isSuspect(work)
      ? chooseIdle(sizes, most - alone)
      : (chooseWorker(sizes, most - alone, this.#order) ?? roomForSmall(sizes, this.#isSmall(work)))
    if (choice !== 'another') return choice === null ? null : threads[choice]
    try {
      return this.#start()
    } catch (error) {
      if (this.#threads.size) return this.#threadFor(work, this.#threads.size)
      for (const request of this.#waiting.takeAll()) request.fail(error as GlassformerError)
      return null
    }
  }

  /** Whether work is small and its request has no other work at a worker. */
  #isSmall({ chunk, turn }: RequestChunk): boolean {
    return chunk.size <= SMALL && !this.#given.has(turn.request)
  }

  #start(): PoolThread {
    const { kind, start } = this.#workers
    const given = { model: present(this.#model), options: this.#options, kind, threads: this.#threadsOfEach }
    const thread = new PoolThread(given, start)
    this.#threads.add(thread)
    thread.listen({
      received: (messages) => {
        for (const message of messages) this.#receive(thread, message)
        this.#handOut()
      },
      lost: (what, cause) => this.#lose(thread, what, cause),
    })
    return thread
  }

  #receive(thread: PoolThread, message: FromWorker): void {
    if (message.type === 'ready') return this.#ready(thread, message)
    if (message.type === 'notStarted') return this.#notStarted(thread, fromPlain(message.error))
    const entry = thread.chunks.get(message.chunk)
    if (!entry) return // canceled meanwhile
    const { chunk, request } = entry
    if (message.type === 'progress') return request.progress?.(chunk, message.value)
    this.#finish(thread, message.chunk, entry)
    this.#done += chunk.characters
    if (message.type === 'done') request.done(chunk, message.results)
    else {
      const { error, index, side } = message
      this.#forget(request)
      request.fail(fromPlain(error), index === undefined ? undefined : chunk.indices[index], side)
    }
  }

  #ready(thread: PoolThread, { info, model }: FromWorker & { type: 'ready' }): void {
    thread.ready()
    if (!model) return
    this.#model = model
    if (this.#options.threads === 'auto')
      this.#order = orderFor(4 * model.weights.length, info.threads, availableParallelism())
    this.#loading?.resolve({ info, model })
    this.#loading = null
  }

  #notStarted(thread: PoolThread, error: GlassformerError): void {
    this.#loading?.reject(error)
    this.#lose(thread, `a worker thread could not start: ${error.message}`, error)
  }

  #finish(thread: PoolThread, number: number, work: RequestChunk): void {
    thread.finish(number)
    this.#takeBack(work)
  }

  #takeBack({ turn: { request } }: RequestChunk): void {
    const others = entryOf(this.#given, request) - 1
    if (others) this.#given.set(request, others)
    else this.#given.delete(request)
  }

  /** Handles the end of a thread: others begin its work anew, and a new thread starts when there is work. */
  #lose(thread: PoolThread, what: string, cause?: unknown): void {
    if (!this.#threads.delete(thread)) return
    void thread.terminate()
    this.deaths++
    this.#past.addAll(thread.counts)
    this.#loading?.reject(new GlassformerError('ERR_WORKER', what, { cause }))
    const lost = thread.takeAll().reverse()
    for (const work of lost) this.#takeBack(work)
    for (const work of lost) this.#beginAnew(work, what, cause)
    this.#handOut()
  }

  #beginAnew(work: RequestChunk, what: string, cause: unknown): void {
    const { request } = work
    work.deaths++
    try {
      if (work.deaths >= HOPELESS)
        throw new GlassformerError(
          'ERR_WORKER',
          `${what}; ${work.deaths} workers have died of this request, which is given up`,
          { cause },
        )
      request.again?.()
    } catch (error) {
      this.#forget(request)
      return request.fail(error as GlassformerError)
    }
    this.#waiting.putBack(work)
  }
}

export const closedError = () => new GlassformerError('ERR_CLOSED', 'the translator has been closed: load another one')
