import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { BackendInfo } from '../backend/backend.ts'
import { GlassformerError, messageOf } from '../errors.ts'
import { chooseWorker, type Order, orderFor } from './choose-worker.ts'
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
import type { LoadOptions } from './options.ts'
import { threadsOf } from './threads.ts'

/**
 * A request: its chunks wait in line and are handed out one by one. Once the request has failed or been canceled, none of its functions is
 * called any more.
 */
export interface Request {
  /** A number that no other request has. */
  number: number
  chunks: Chunk[]
  done(chunk: Chunk, results: Result[]): void
  /**
   * Called once. Where the error is about one source or pair, `index` is its place in the request; where it is about one text of a pair,
   * `side` says which.
   */
  fail(error: GlassformerError, index?: number, side?: Side): void
  piece?(text: string): void
}

interface Thread {
  worker: Worker
  /** Chunks being worked on, by their number. */
  chunks: Map<number, { chunk: Chunk; request: Request }>
  size: number
}

/** What the first worker hands over when it has loaded the model. */
interface Loaded {
  info: BackendInfo
  model: SharedModel
}

/**
 * Worker threads that share one copy of the weights. The first worker loads the model; others start when there is work for them. Requests
 * take turns, so that a short request does not wait for a long one. When a thread dies, the requests that it was working on fail.
 */
export class Pool {
  readonly #options: Required<LoadOptions>
  readonly #threads = new Set<Thread>()
  readonly #requests: Request[] = []
  /** The shared number of threads of each worker; see `WorkerStart.threads`. */
  readonly #threadsOfEach = new Int32Array(new SharedArrayBuffer(4))
  /** What the next worker starts with; null once no more workers will start. */
  #model: SharedModel | string | null
  #order: Order = 'spread'
  #number = 0
  #closed: Promise<unknown> | null = null
  #loading: { resolve(value: Loaded): void; reject(error: GlassformerError): void } | null = null

  private constructor(path: string, options: Required<LoadOptions>) {
    this.#model = path
    this.#options = options
  }

  /** Starts the first worker, which loads the folder. */
  static async load(path: string, options: Required<LoadOptions>): Promise<Loaded & { pool: Pool }> {
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
    this.#requests.push(request)
    this.#handOut()
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

  /** Stops all workers; requests that are not done fail with ERR_CLOSED. Resolves when the threads have ended. */
  async close(): Promise<void> {
    this.#closed ??= this.#stop()
    await this.#closed
  }

  #stop(): Promise<unknown> {
    this.#model = null
    const threads = [...this.#threads]
    const open = threads.flatMap(({ chunks }) => [...chunks.values()].map(({ request }) => request))
    const requests = new Set([...this.#requests.splice(0), ...open])
    for (const { chunks } of threads) chunks.clear()
    for (const request of requests)
      request.fail(
        new GlassformerError('ERR_CLOSED', 'the translator was closed before this was done: await it before you close'),
      )
    return Promise.all(threads.map(({ worker }) => worker.terminate()))
  }

  #forget(request: Request): void {
    const at = this.#requests.indexOf(request)
    if (at >= 0) this.#requests.splice(at, 1)
    for (const thread of this.#threads) {
      const owned = [...thread.chunks].filter(([, entry]) => entry.request === request)
      for (const [number, { chunk }] of owned) this.#finish(thread, number, chunk)
      if (owned.length) thread.worker.postMessage({ type: 'cancel', request: request.number } satisfies ToWorker)
    }
  }

  /** Gives chunks to workers, a chunk of each request in turn, and divides the cores among the workers that have work now. */
  #handOut(): void {
    for (let thread = this.#next(); thread; thread = this.#next()) {
      const request = this.#requests.shift()!
      const chunk = request.chunks.shift()!
      if (request.chunks.length) this.#requests.push(request)
      const number = this.#number++
      thread.chunks.set(number, { chunk, request })
      thread.size += chunk.size
      thread.worker.ref()
      this.#divide() // before the worker can read the number
      thread.worker.postMessage({
        type: 'chunk',
        chunk: number,
        request: request.number,
        contents: chunk.contents,
      } satisfies ToWorker)
    }
    this.#divide()
  }

  /** Divides the cores among the workers that have work. */
  #divide(): void {
    Atomics.store(this.#threadsOfEach, 0, threadsOf(this.#options.threads, this.busy))
  }

  /**
   * The worker that gets the next chunk; null while all have enough. Where no thread can be started, one of the present workers gets it.
   */
  #next(most = this.#options.workers): Thread | null {
    if (!this.#requests.length) return null
    const threads = [...this.#threads]
    const choice = chooseWorker(
      threads.map(({ size }) => size),
      most,
      this.#order,
    )
    if (choice !== 'another') return choice === null ? null : threads[choice]
    try {
      return this.#start()
    } catch (error) {
      if (threads.length) return this.#next(threads.length)
      for (const request of this.#requests.splice(0)) request.fail(error as GlassformerError)
      return null
    }
  }

  #start(): Thread {
    const workerData: WorkerStart = {
      model: this.#model!,
      options: this.#options,
      threads: this.#threadsOfEach,
    }
    const worker = startThread(workerData)
    const thread: Thread = { worker, chunks: new Map(), size: 0 }
    this.#threads.add(thread)
    worker.on('message', (message: FromWorker) => this.#receive(thread, message))
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
    this.#finish(thread, message.chunk, chunk)
    if (message.type === 'done') request.done(chunk, message.results)
    else {
      const { error, index, side } = message
      this.#forget(request)
      request.fail(fromPlain(error), index === undefined ? undefined : chunk.indices[index], side)
    }
    this.#handOut()
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

  #finish(thread: Thread, number: number, chunk: Chunk): void {
    thread.chunks.delete(number)
    thread.size -= chunk.size
    if (!thread.chunks.size) thread.worker.unref()
  }

  /**
   * Handles the end of a thread: the requests that it was working on fail, the other threads go on, and a new one starts when there is
   * work.
   */
  #lose(thread: Thread, what: string, cause?: unknown): void {
    if (!this.#threads.delete(thread)) return
    void thread.worker.terminate()
    this.#loading?.reject(new GlassformerError('ERR_WORKER', what, { cause }))
    const requests = new Set([...thread.chunks.values()].map(({ request }) => request))
    thread.chunks.clear()
    const message = `${what}; this request failed, the next will find a new worker`
    for (const request of requests) this.#forget(request)
    for (const request of requests) request.fail(new GlassformerError('ERR_WORKER', message, { cause }))
    this.#handOut()
  }
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
