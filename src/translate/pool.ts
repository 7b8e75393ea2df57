import { Worker } from 'node:worker_threads'
import type { BackendInfo } from '../backend/backend.ts'
import { GlassformerError } from '../errors.ts'
import { type FromWorker, fromPlain, type SharedModel, type ToWorker, type Work, type WorkerStart } from './messages.ts'
import type { LoadOptions } from './options.ts'
import type { Score, Translation } from './translation.ts'

/** A request: its units wait in line and are handed out one by one; what they come to is told through its callbacks. */
export interface Request {
  units: Unit[]
  fail(error: GlassformerError, unit: Unit, index?: number): void
}

/** The part of a request that goes to one worker. `size` is its length in characters, which tells how much work it is. */
export interface Unit {
  work: Work
  size: number
  translated?(translations: Translation[]): void
  scored?(scores: Score[]): void
  piece?(text: string): void
}

interface Thread {
  worker: Worker
  /** Units being worked on, by their number. */
  units: Map<number, { unit: Unit; request: Request }>
  size: number
  ready: boolean
}

/** A worker has this many characters at most, so that its batch stays full and late requests still find room. */
const ENOUGH = 6000

/**
 * Worker threads that share one copy of the weights. The first loads the model; others start when there is work for them.
 * Requests take turns, so that a short one does not wait for a long one. A thread that dies fails what it was working on.
 */
export class Pool {
  readonly #options: Required<LoadOptions>
  readonly #threads = new Set<Thread>()
  readonly #requests: Request[] = []
  #model: SharedModel | string
  #number = 0
  #closed = false
  #loaded: { resolve(value: { info: BackendInfo; model: SharedModel }): void; reject(error: Error): void } | null = null

  private constructor(path: string, options: Required<LoadOptions>) {
    this.#model = path
    this.#options = options
  }

  /** Starts the first worker, which loads the folder. */
  static async load(
    path: string,
    options: Required<LoadOptions>,
  ): Promise<{ pool: Pool; info: BackendInfo; model: SharedModel }> {
    const pool = new Pool(path, options)
    const loaded = await new Promise<{ info: BackendInfo; model: SharedModel }>((resolve, reject) => {
      pool.#loaded = { resolve, reject }
      pool.#start().worker.ref()
    })
    return { pool, ...loaded }
  }

  get workers(): Worker[] {
    return [...this.#threads].map(({ worker }) => worker)
  }

  add(request: Request): void {
    if (this.#closed) throw new GlassformerError('ERR_CLOSED', 'the translator has been closed: load another one')
    this.#requests.push(request)
    this.#handOut()
  }

  /** Forgets a request; workers drop its sentences before their next step. */
  cancel(request: Request): void {
    const at = this.#requests.indexOf(request)
    if (at >= 0) this.#requests.splice(at, 1)
    for (const thread of this.#threads)
      for (const [number, { request: owner, unit }] of thread.units)
        if (owner === request) {
          this.#finish(thread, number, unit)
          thread.worker.postMessage({ type: 'cancel', unit: number } satisfies ToWorker)
        }
    this.#handOut()
  }

  /** Stops all workers; what is still being worked on fails with ERR_CLOSED. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const error = new GlassformerError('ERR_CLOSED', 'the translator was closed before this was done')
    const open = new Map<Request, Unit>()
    for (const request of this.#requests.splice(0)) open.set(request, request.units[0])
    for (const { units } of this.#threads) for (const { request, unit } of units.values()) open.set(request, unit)
    for (const thread of this.#threads) thread.units.clear()
    for (const [request, unit] of open) request.fail(error, unit)
    await Promise.all(this.workers.map((worker) => worker.terminate()))
  }

  /** Gives units to the least loaded workers, turn by turn of the requests; starts another worker when all have enough. */
  #handOut(): void {
    while (this.#requests.length) {
      const thread = this.#leastLoaded()
      if (!thread) return
      const request = this.#requests.shift()!
      const unit = request.units.shift()!
      if (request.units.length) this.#requests.push(request)
      const number = this.#number++
      thread.units.set(number, { unit, request })
      thread.size += unit.size
      thread.worker.ref()
      thread.worker.postMessage({ type: 'work', unit: number, work: unit.work } satisfies ToWorker)
    }
  }

  #leastLoaded(): Thread | null {
    let least: Thread | null = null
    for (const thread of this.#threads) if (!least || thread.size < least.size) least = thread
    const idle = least && least.size === 0
    const canStart = this.#threads.size < this.#options.workers && typeof this.#model !== 'string'
    if (!idle && canStart) return this.#start()
    return least && least.size < ENOUGH ? least : null
  }

  #start(): Thread {
    const workerData: WorkerStart = { model: this.#model, options: this.#options }
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData, name: 'glassformer' })
    const thread: Thread = { worker, units: new Map(), size: 0, ready: false }
    this.#threads.add(thread)
    worker.unref()
    worker.on('message', (message: FromWorker) => this.#receive(thread, message))
    worker.on('error', (error) => this.#lose(thread, `a worker thread died: ${error.message}`, error))
    worker.on('exit', (code) => this.#lose(thread, `a worker thread stopped with exit code ${code}`))
    return thread
  }

  #receive(thread: Thread, message: FromWorker): void {
    if (message.type === 'ready') return this.#ready(thread, message)
    if (message.unit === undefined) {
      this.#loaded?.reject(fromPlain((message as FromWorker & { type: 'failed' }).error))
      return this.#lose(thread, 'a worker thread could not start')
    }
    const entry = thread.units.get(message.unit)
    if (!entry) return // cancelled meanwhile
    const { unit, request } = entry
    if (message.type === 'piece') return unit.piece?.(message.text)
    this.#finish(thread, message.unit, unit)
    if (message.type === 'translations') unit.translated?.(message.translations)
    else if (message.type === 'scores') unit.scored?.(message.scores)
    else this.#fail(request, fromPlain(message.error), unit, message.index)
    this.#handOut()
  }

  #ready(thread: Thread, { info, model }: FromWorker & { type: 'ready' }): void {
    thread.ready = true
    if (!thread.units.size) thread.worker.unref()
    if (model) this.#model = model
    this.#loaded?.resolve({ info, model: model! })
    this.#loaded = null
  }

  #finish(thread: Thread, number: number, unit: Unit): void {
    thread.units.delete(number)
    thread.size -= unit.size
    if (!thread.units.size) thread.worker.unref()
  }

  #fail(request: Request, error: GlassformerError, unit: Unit, index?: number): void {
    this.cancel(request)
    request.fail(error, unit, index)
  }

  /** A thread is gone: what it was working on fails, the others go on, and a new one starts when there is work. */
  #lose(thread: Thread, what: string, cause?: unknown): void {
    if (!this.#threads.delete(thread)) return
    void thread.worker.terminate()
    this.#loaded?.reject(new GlassformerError('ERR_WORKER', what, { cause }))
    const lost = [...thread.units.values()]
    thread.units.clear()
    for (const { request, unit } of lost)
      this.#fail(
        request,
        new GlassformerError('ERR_WORKER', `${what}; this request failed, the next will find a new worker`, { cause }),
        unit,
      )
    this.#handOut()
  }
}
