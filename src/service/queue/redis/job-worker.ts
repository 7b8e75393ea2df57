import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { ownFields, readData, wrongFields } from '../jobs/stored-job.ts'
import { DelayedError, type Job, type Redis, UnrecoverableError, Worker, type WorkerOptions } from './libraries.ts'
import { type Held, type LockKeys, reclaim } from './locks.ts'
import { mendActive } from './mend-active.ts'

/** Errors that every attempt at a job would repeat. */
const lasting = ['ERR_JOB', 'ERR_OPTION', 'ERR_UNSUPPORTED', 'ERR_INPUT', 'ERR_INPUT_TOO_LONG']

/** Milliseconds for which a closing worker waits for Redis: to store results, and to disconnect. */
const [FOR_RESULTS, FOR_CLOSE] = [10_000, 2000]

/** Milliseconds between two checks of a closing worker's progress. */
const LOOK = 100

/** Processes a job. `signal` fires when the worker has lost the job, whose result would be ignored. */
export type Work = (job: Job, signal: AbortSignal) => Promise<unknown>

/** A question to a worker before it looks for jobs of lost workers: whether a missing lock means a lost worker. */
export type HasSettled = () => Promise<boolean>

/**
 * BullMQ's worker for jobs with arbitrary content: an unreadable job becomes a dead letter. A lock that expired while
 * Redis could not be reached is taken again; work on a job that another worker has is stopped.
 */
export class JobWorker extends Worker {
  /**
   * Jobs that have been taken and whose end Redis does not know yet; and those among them that are being translated.
   */
  #open = 0
  #computing = 0
  readonly #lost = new Set<string>()
  readonly #hasSettled: HasSettled

  constructor(name: string, work: Work, options: WorkerOptions, hasSettled: HasSettled = async () => true) {
    // BullMQ makes a signal if the function has a third parameter.
    const working = async (job: Job, _token: string | undefined, signal: AbortSignal | undefined) => {
      this.#computing++
      try {
        return await work(job, present(signal))
      } catch (error) {
        const isKnown = error instanceof GlassformerError
        const message = isKnown ? `${error.code}: ${error.message}` : messageOf(error)
        if (error instanceof DelayedError) throw error
        throw isKnown && lasting.includes(error.code)
          ? new UnrecoverableError(message)
          : new Error(message, { cause: error })
      } finally {
        this.#computing--
      }
    }
    super(name, working, options)
    this.#hasSettled = hasSettled
    this.on('error', (error) => {
      if (error.name === 'ReplyError') void this.#client.then((redis) => mendActive(redis, this.toKey)).catch(() => {}) // retried at the next error
    })
    this.on('lockRenewalFailed', (ids) => {
      for (const id of ids) {
        this.#lost.add(id)
        this.cancelJob(id, 'the job is no longer ours')
      }
    })
  }

  /** The number of jobs in progress. */
  get open(): number {
    return this.#open
  }

  /**
   * Cleans Redis' data of a job so that BullMQ can read it, and looks for jobs of lost workers only where all workers
   * have had the time to renew their locks.
   */
  protected override createBackend(): void {
    super.createBackend()
    const { backend } = this
    const moveStalled = backend.moveStalledJobsToWait.bind(backend)
    backend.moveStalledJobsToWait = async () => ((await this.#hasSettled()) ? moveStalled() : [])
    const execute = backend.execCommand.bind(backend)
    backend.execCommand = async (...command) => {
      const answer = await execute(...command)
      if (!isTaking(command[1]) || !Array.isArray(answer) || !Array.isArray(answer[0])) return answer
      const [stored, id, ...others] = answer
      const wrong = wrongFields(stored)
      if (wrong.length) await (await this.#client).hdel(this.toKey(id), ...wrong)
      return [ownFields(stored), id, ...others]
    }
  }

  protected override createJob(...[stored, id]: Parameters<Worker['createJob']>): Job {
    const job = super.createJob({ ...stored, data: 'null' }, id)
    job.data = readData(stored.data)
    return job
  }

  /** Renews the locks of jobs; returns the ids of lost jobs. */
  override async extendJobLocks(ids: string[], tokens: string[], ms: number): Promise<string[]> {
    const failed = await super.extendJobLocks(ids, tokens, ms)
    if (!failed.length) return failed
    const kept = await this.#reclaimed(failed.map((id) => ({ id, token: tokens[ids.indexOf(id)] })))
    return failed.filter((_, i) => !kept[i])
  }

  override async processJob(...given: Parameters<Worker['processJob']>): ReturnType<Worker['processJob']> {
    const [{ id }] = given
    this.#open++
    try {
      return await super.processJob(...given)
    } finally {
      this.#open--
      this.#lost.delete(present(id))
    }
  }

  protected override async handleCompleted(...given: Parameters<Worker['handleCompleted']>): Promise<Job> {
    return this.#told(given[1], given[2], () => super.handleCompleted(...given))
  }

  protected override async handleFailed(...given: Parameters<Worker['handleFailed']>): Promise<Job> {
    return this.#told(given[1], given[2], () => super.handleFailed(...given))
  }

  /**
   * Stores the end of a job in Redis, after taking an expired lock again. A lost job is left to other workers.
   */
  async #told(job: Job, token: string, tell: () => Promise<Job>): Promise<Job> {
    const none = undefined as never // to BullMQ this means: the answer contains no job
    if (this.#lost.has(present(job.id))) return none
    try {
      return await tell()
    } catch (error) {
      if (!/^(Missing lock|Lock mismatch|Job .* is not in the active state|Missing key)/.test(messageOf(error)))
        throw error
      const [isKept] = await this.#reclaimed([{ id: present(job.id), token }])
      if (isKept) return tell()
      this.#lost.add(present(job.id))
      this.emit('lockRenewalFailed', [present(job.id)])
      return none
    }
  }

  async #reclaimed(held: readonly Held[]): Promise<boolean[]> {
    const keys: LockKeys = { active: this.toKey('active'), stalled: this.toKey('stalled'), jobs: this.toKey('') }
    return reclaim(await this.#client, keys, held, present(this.opts.lockDuration))
  }

  /**
   * Takes no more jobs, and finishes those in progress. Where Redis cannot be reached, the worker waits for it briefly
   * after finishing its work: BullMQ would wait for ever, and other workers will do the jobs.
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

/** Commands whose answers contain a job to do. */
const isTaking = (command: string) => command === 'moveToActive' || command === 'moveToFinished'
