import { GlassformerError, messageOf } from '../../base/errors.ts'
import { kindOf } from '../../base/kind-of.ts'
import { type Job, type Redis, UnrecoverableError, Worker, type WorkerOptions } from './libraries.ts'

/** Errors that a job would have again, however often it is tried. */
const lasting = ['ERR_JOB', 'ERR_OPTION', 'ERR_UNSUPPORTED', 'ERR_INPUT', 'ERR_INPUT_TOO_LONG']

/** Milliseconds for which a worker that ends waits for Redis: to tell it results, and to leave it. */
const [FOR_RESULTS, FOR_CLOSE] = [10_000, 2000]

/** Milliseconds between two looks at how far a worker that ends has come. */
const LOOK = 100

/** BullMQ's worker, whose jobs may be anything: one that cannot be read becomes a dead letter. */
export class JobWorker extends Worker {
  /** Jobs that have been taken, and whose end Redis does not know yet; and those among them that are being translated. */
  #open = 0
  #computing = 0

  constructor(name: string, work: (job: Job) => Promise<unknown>, options: WorkerOptions) {
    const working = async (job: Job) => {
      this.#computing++
      try {
        return await work(job)
      } catch (error) {
        const isKnown = error instanceof GlassformerError
        const message = isKnown ? `${error.code}: ${error.message}` : messageOf(error)
        throw isKnown && lasting.includes(error.code)
          ? new UnrecoverableError(message)
          : new Error(message, { cause: error })
      } finally {
        this.#computing--
      }
    }
    super(name, working, options)
    this.on('error', (error) => {
      if (kindOf(error) === 'Error' && error.name === 'SyntaxError') void this.#mend().catch(() => {}) // tried again at the next such error
    })
  }

  protected override createJob(...[stored, id]: Parameters<Worker['createJob']>): Job {
    try {
      return super.createJob(stored, id)
    } catch {
      return super.createJob({ ...stored, data: 'null' }, id) // no JSON: what reads the job refuses it
    }
  }

  /**
   * Of jobs that have been taken, replaces the fields of BullMQ that are no JSON: BullMQ would fail to read these jobs again and again, and never
   * count an attempt.
   */
  async #mend(): Promise<void> {
    const redis = await this.#client
    for (const id of await redis.lrange(this.toKey('active'), 0, -1))
      for (const [field, whole] of [
        ['opts', '{}'],
        ['progress', '0'],
      ] as const)
        if (!isJson(await redis.hget(this.toKey(id), field))) await redis.hset(this.toKey(id), field, whole)
  }

  override async processJob(...job: Parameters<Worker['processJob']>): ReturnType<Worker['processJob']> {
    this.#open++
    try {
      return await super.processJob(...job)
    } finally {
      this.#open--
    }
  }

  /**
   * Takes no more jobs, and finishes those in work. Where Redis is away it is waited for when all else is done, and not for long: BullMQ would wait
   * for ever, and other workers will do the jobs.
   */
  async finish(): Promise<void> {
    let isClosed = false
    const closing = this.close().then(() => {
      isClosed = true
    })
    for (let idle = 0; !isClosed && idle < (this.#open ? FOR_RESULTS : FOR_CLOSE); ) {
      await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, LOOK))])
      const isTelling = this.#open > 0 && (await this.#client).status === 'ready'
      idle = this.#computing || isTelling ? 0 : idle + LOOK
    }
    await this.lockManager.close()
    for (const client of await Promise.all([this.#client, this.backend.blockingClient as never as Promise<Redis>]))
      client.disconnect()
  }

  get #client(): Promise<Redis> {
    return this.backend.client as never
  }
}

function isJson(text: string | null): boolean {
  try {
    JSON.parse(text ?? 'null')
    return true
  } catch {
    return false
  }
}
