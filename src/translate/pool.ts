import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { BackendInfo } from '../backend/backend.ts'
import { FairQueue } from '../decode/fair-queue.ts'
import type { Turn } from '../decode/turn.ts'
import { GlassformerError, messageOf } from '../errors.ts'
import { chooseWorker, type Order, orderFor, roomForSmall, SMALL } from './choose-worker.ts'
import type { Chunk } from './chunks.ts'
import {
  type FromWorker,
  fromPlain,
  type Result,
  type SharedModel,
  type Side,
  type ToWorker,
  type WorkerStart,
} from './messages.ts'
import { OpenWork } from './open-work.ts'
import type { ResolvedLoadOptions } from './options.ts'
import { noOutcomes } from './outcomes.ts'
import { threadsOf } from './threads.ts'
import { WorkerCounts } from './worker-counts.ts'

/**
 * A request: its chunks wait in line and are handed out one by one. Once the request has failed or been canceled, none of its functions is
 * called any more.
 */
export interface Request {
  /** A number that no other request has. */
  number: number
  /** Among whom it takes turns; by default with all others of no client. */
  turn?: Turn
  /** When it was accepted, in milliseconds since 1970. */
  accepted?: number
  chunks: Chunk[]
  done(chunk: Chunk, results: Result[]): void
  /**
   * Called once. Where the error is about one source or pair, `index` is its place in the request; where it is about one text of a pair,
   * `side` says which.
   */
  fail(error: GlassformerError, index?: number, side?: Side): void
  piece?(text: string): void
  /** Called where a chunk begins anew, because its worker has died. It throws where the request cannot go on. */
  again?(): void
}

/** A chunk of a request that waits, or is being worked on. */
interface Work {
  chunk: Chunk
  request: Request
  turn: Turn
  /** How many workers have died while they had it. */
  deaths: number
}

interface Thread {
  worker: Worker
  counts: WorkerCounts
  /** What is being worked on, by the numbers of chunks. */
  chunks: Map<number, Work>
  /** The characters of these chunks, at most CHUNK_SIZE of each. */
  size: number
  /** Messages that go together, when all that can be handed out has been. */
  outgoing: ToWorker[]
  /** Whether it works on a chunk at which workers have died, and gets nothing else meanwhile. */
  isAlone: boolean
}

/** What the first worker hands over when it has loaded the model. */
interface Loaded {
  info: BackendInfo
  model: SharedModel
}

/** A chunk at which so many workers have died is worked on by a worker that has nothing else, so that no other work dies with it. */
const SUSPECT = 2
/** A chunk at which so many workers have died is given up. */
const HOPELESS = 5

/**
 * Worker threads that share one copy of the weights. The first worker loads the model; others start when there is work for them. Clients and
 * requests take turns, so that a short request does not wait for a long one. When a thread dies, others begin its work anew.
 */
export class Pool {
  readonly #options: ResolvedLoadOptions
  readonly #threads = new Set<Thread>()
  readonly #waiting = new FairQueue<Work>(({ chunk }) => chunk.size)
  /** Work at which workers have died: it goes first, each time to a worker that has nothing else. */
  readonly #suspects: Work[] = []
  /** How many chunks of a request workers have. */
  readonly #given = new Map<unknown, number>()
  /** The shared number of threads of each worker; see `WorkerStart.threads`. */
  readonly #threadsOfEach = new Int32Array(new SharedArrayBuffer(4))
  /** What the next worker starts with; null once no more workers will start. */
  #model: SharedModel | string | null
  #order: Order = 'spread'
  #number = 0
  /** Whether chunks are about to be handed out: calls that are made one after the other share a message. */
  #isToHandOut = false
  #closed: Promise<unknown> | null = null
  #loading: { resolve(value: Loaded): void; reject(error: GlassformerError): void } | null = null

  /** What has been accepted, and how much that may be. */
  readonly open: OpenWork
  /** What has become of requests; whoever makes requests counts them. */
  readonly outcomes = noOutcomes()
  /** How many workers have died. */
  deaths = 0
  /** Characters of all chunks that are done. */
  #done = 0
  /** What workers have counted that are gone. */
  readonly #past = new WorkerCounts()

  private constructor(path: string, options: ResolvedLoadOptions) {
    this.#model = path
    this.#options = options
    this.open = new OpenWork({ texts: options.queueTexts, characters: options.queueCharacters })
  }

  /** Starts the first worker, which loads the folder. */
  static async load(path: string, options: ResolvedLoadOptions): Promise<Loaded & { pool: Pool }> {
    const pool = new Pool(path, options)
    const loaded = await new Promise<Loaded>((resolve, reject) => {
      pool.#loading = { resolve, reject }
      pool.#start()
    })
    return { pool, ...loaded }
  }

  /** @throws GlassformerError ERR_CLOSED */
  add(request: Request): void {
    if (this.#closed) throw closedError()
    const { turn = { request: request.number } } = request
    for (const chunk of request.chunks) this.#waiting.push({ chunk, request, turn, deaths: 0 })
    if (this.#isToHandOut) return
    this.#isToHandOut = true
    queueMicrotask(() => {
      this.#isToHandOut = false
      this.#handOut()
    })
  }

  /** Forgets a request; workers drop its sentences before their next step. */
  cancel(request: Request): void {
    this.#forget(request)
    this.#handOut()
  }

  /** How many workers have work. */
  get busy(): number {
    let busy = 0
    for (const { chunks } of this.#threads) if (chunks.size) busy++
    return busy
  }

  /** The counts of each worker that is there. */
  get counts(): WorkerCounts[] {
    return Array.from(this.#threads, ({ counts }) => counts)
  }

  /** What all workers have counted since the pool was loaded. */
  get totals(): WorkerCounts {
    const totals = new WorkerCounts()
    for (const counts of [this.#past, ...this.counts]) totals.addAll(counts)
    return totals
  }

  /** Characters that have not been given to a worker, and those that are done. */
  get characters(): { waiting: number; done: number } {
    return { waiting: this.#waiting.cost, done: this.#done }
  }

  /** How many texts (or pairs) have been given to workers and are not done. */
  get givenTexts(): number {
    let texts = 0
    for (const { chunks } of this.#threads) for (const { chunk } of chunks.values()) texts += chunk.indices.length
    return texts
  }

  /** Stops all workers; requests that are not done fail with ERR_CLOSED. Resolves when the threads have ended. */
  async close(): Promise<void> {
    this.#closed ??= this.#stop()
    await this.#closed
  }

  #stop(): Promise<unknown> {
    this.#model = null
    const threads = [...this.#threads]
    const requests = new Set(this.#suspects.splice(0).map(({ request }) => request))
    for (const { chunks } of threads) for (const { request } of chunks.values()) requests.add(request)
    for (const { chunks } of threads) chunks.clear()
    for (const request of this.#allWaiting()) requests.add(request)
    for (const request of requests)
      request.fail(
        new GlassformerError('ERR_CLOSED', 'the translator was closed before this was done: await it before you close'),
      )
    return Promise.all(threads.map(({ worker }) => worker.terminate()))
  }

  /** Takes out everything that waits, and gives its requests. */
  #allWaiting(): Set<Request> {
    const requests = new Set<Request>()
    while (this.#waiting.first) requests.add(this.#waiting.take().request)
    return requests
  }

  #forget(request: Request): void {
    const isOf = (work: Work) => work.request === request
    this.#waiting.drop(isOf, request.turn ?? { request: request.number })
    for (let i = this.#suspects.length - 1; i >= 0; i--) if (isOf(this.#suspects[i])) this.#suspects.splice(i, 1)
    for (const thread of this.#threads) {
      const owned = [...thread.chunks].filter(([, work]) => isOf(work))
      for (const [number, work] of owned) this.#finish(thread, number, work)
      if (owned.length) thread.outgoing.push({ type: 'cancel', request: request.number })
    }
  }

  /** Gives chunks to workers, by turns, and divides the cores among the workers that have work now. */
  #handOut(): void {
    for (let work = this.#suspects[0] ?? this.#waiting.first; work; work = this.#suspects[0] ?? this.#waiting.first) {
      const thread = this.#threadFor(work)
      if (!thread) break
      if (work.deaths >= SUSPECT) this.#suspects.shift()
      else this.#waiting.take()
      this.#give(work, thread)
    }
    this.#divide() // before workers can read the number
    for (const thread of this.#threads) {
      if (thread.outgoing.length) thread.worker.postMessage(thread.outgoing)
      thread.outgoing = []
    }
  }

  #give(work: Work, thread: Thread): void {
    const { chunk, request, turn } = work
    const number = this.#number++
    thread.chunks.set(number, work)
    this.#given.set(turn.request, (this.#given.get(turn.request) ?? 0) + 1)
    thread.size += chunk.size
    thread.isAlone = work.deaths >= SUSPECT
    thread.worker.ref()
    thread.outgoing.push({
      type: 'chunk',
      chunk: number,
      request: request.number,
      turn,
      accepted: chunk === request.chunks[0] && !work.deaths ? request.accepted : undefined,
      contents: chunk.contents,
    })
  }

  /** Divides the cores among the workers that have work. */
  #divide(): void {
    Atomics.store(this.#threadsOfEach, 0, threadsOf(this.#options.threads, this.busy))
  }

  /**
   * The worker that gets the next chunk; null while all have enough. Where no thread can be started, one of the present workers gets it.
   */
  #threadFor(work: Work, most = this.#options.workers): Thread | null {
    const threads = [...this.#threads].filter(({ isAlone }) => !isAlone)
    const alone = this.#threads.size - threads.length
    const sizes = threads.map(({ size }) => size)
    const choice =
      work.deaths >= SUSPECT
        ? chooseIdle(sizes, most - alone)
        : (chooseWorker(sizes, most - alone, this.#order) ?? roomForSmall(sizes, this.#isSmall(work)))
    if (choice !== 'another') return choice === null ? null : threads[choice]
    try {
      return this.#start()
    } catch (error) {
      if (this.#threads.size) return this.#threadFor(work, this.#threads.size)
      const requests = new Set([...this.#suspects.splice(0).map(({ request }) => request), ...this.#allWaiting()])
      for (const request of requests) request.fail(error as GlassformerError)
      return null
    }
  }

  /** Whether work is small, and its request has nothing else at a worker. */
  #isSmall({ chunk, turn }: Work): boolean {
    return chunk.size <= SMALL && !this.#given.has(turn.request)
  }

  #start(): Thread {
    const counts = new WorkerCounts()
    const workerData: WorkerStart = {
      model: this.#model!,
      options: this.#options,
      threads: this.#threadsOfEach,
      counts: counts.memory,
    }
    const worker = startThread(workerData)
    const thread: Thread = { worker, counts, chunks: new Map(), size: 0, outgoing: [], isAlone: false }
    this.#threads.add(thread)
    worker.on('message', (messages: FromWorker[]) => {
      for (const message of messages) this.#receive(thread, message)
      this.#handOut()
    })
    worker.on('error', (error) => this.#lose(thread, `a worker thread died: ${messageOf(error)}`, error))
    worker.on('exit', (code) => this.#lose(thread, `a worker thread stopped with exit code ${code}`))
    return thread
  }

  #receive(thread: Thread, message: FromWorker): void {
    if (message.type === 'ready') return this.#ready(thread, message)
    if (message.type === 'notStarted') return this.#notStarted(thread, fromPlain(message.error))
    const entry = thread.chunks.get(message.chunk)
    if (!entry) return // canceled meanwhile
    const { chunk, request } = entry
    if (message.type === 'piece') return request.piece?.(message.text)
    this.#finish(thread, message.chunk, entry)
    this.#done += chunk.characters
    if (message.type === 'done') request.done(chunk, message.results)
    else {
      const { error, index, side } = message
      this.#forget(request)
      request.fail(fromPlain(error), index === undefined ? undefined : chunk.indices[index], side)
    }
  }

  #ready(thread: Thread, { info, model }: FromWorker & { type: 'ready' }): void {
    if (!thread.chunks.size) thread.worker.unref()
    if (!model) return
    this.#model = model
    if (this.#options.threads === 'auto')
      this.#order = orderFor(4 * model.weights.length, info.threads, availableParallelism())
    this.#loading?.resolve({ info, model })
    this.#loading = null
  }

  #notStarted(thread: Thread, error: GlassformerError): void {
    this.#loading?.reject(error)
    this.#lose(thread, `a worker thread could not start: ${error.message}`, error)
  }

  #finish(thread: Thread, number: number, work: Work): void {
    thread.chunks.delete(number)
    thread.size -= work.chunk.size
    this.#takeBack(work)
    if (thread.chunks.size) return
    thread.isAlone = false
    thread.worker.unref()
  }

  #takeBack({ turn: { request } }: Work): void {
    const others = this.#given.get(request)! - 1
    if (others) this.#given.set(request, others)
    else this.#given.delete(request)
  }

  /** Handles the end of a thread: what it was working on is begun anew by others, and a new thread starts when there is work. */
  #lose(thread: Thread, what: string, cause?: unknown): void {
    if (!this.#threads.delete(thread)) return
    void thread.worker.terminate()
    this.deaths++
    this.#past.addAll(thread.counts)
    this.#loading?.reject(new GlassformerError('ERR_WORKER', what, { cause }))
    const lost = [...thread.chunks.values()].reverse()
    thread.chunks.clear()
    for (const work of lost) this.#takeBack(work)
    for (const work of lost) this.#beginAnew(work, what, cause)
    this.#handOut()
  }

  #beginAnew(work: Work, what: string, cause: unknown): void {
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
    if (work.deaths >= SUSPECT) this.#suspects.unshift(work)
    else this.#waiting.putBack(work)
  }
}

/** A worker that has nothing to do, 'another' where one is to be started, or null. `sizes` has the characters of each worker. */
function chooseIdle(sizes: readonly number[], most: number): number | 'another' | null {
  const idle = sizes.indexOf(0)
  if (idle >= 0) return idle
  return sizes.length < most ? 'another' : null
}

/** @throws GlassformerError ERR_WORKER where Node.js may start no threads */
function startThread(workerData: WorkerStart): Worker {
  try {
    // The worker gets no options of the main thread's command line: --eval and --input-type would keep it from starting.
    return new Worker(new URL('./worker.js', import.meta.url), { workerData, name: 'glassformer', execArgv: [] })
  } catch (cause) {
    const isForbidden = (cause as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED'
    const why = isForbidden ? 'node --permission needs --allow-worker for it' : messageOf(cause)
    throw new GlassformerError('ERR_WORKER', `a worker thread cannot be started: ${why}`, { cause })
  }
}

export const closedError = () => new GlassformerError('ERR_CLOSED', 'the translator has been closed: load another one')
