import { GlassformerError } from '../../../base/errors.ts'
import type { IdentifiedJob, Job as JobData, QueuedModel } from '../jobs/job.ts'
import { type QueuedTranslation, readResult } from '../jobs/result.ts'
import { type DeadLetter, localDigest } from '../jobs/stored-job.ts'
import { type Address, addressOf } from './address.ts'
import { type ConnectionListener, connect, reasonOf } from './connection.ts'
import { Job, Queue, type Redis } from './libraries.ts'
import { currentDigest, isPresent } from './presence.ts'

/** The prefix of all queues' keys in Redis. */
export const PREFIX = 'glassformer'

/** The name of the key that lists the workers' models. */
export const PRESENCE = 'presence'

/** The job name that BullMQ requires. */
const NAME = 'translate'

/** The number of jobs added by one command. */
const TOGETHER = 50

/** BullMQ's failure reason for a job with which too many workers were lost. */
const STALLED = 'job stalled more than allowable limit'

/** The settings for attempts and retention of jobs. */
export interface Tries {
  attempts: number
  backoff: number
  keep: number
}

/** The end of a job; null while it has not ended. */
export type End = 'completed' | 'dead' | null

/** The queue of one model in Redis. */
export class JobQueue {
  readonly address: Address
  readonly #redis: Redis
  readonly #queue: Queue
  #digest: Promise<string> | undefined

  private constructor(address: Address, redis: Redis, model: string) {
    this.address = address
    this.#redis = redis
    this.#queue = new Queue(model, { connection: redis, prefix: PREFIX })
    this.#queue.on('error', () => {}) // the connection reports this error, and the affected call fails
  }

  /** @throws GlassformerError ERR_OPTION, ERR_QUEUE */
  static async open(queue: string | undefined, model: string, listener?: ConnectionListener): Promise<JobQueue> {
    const address = addressOf(queue)
    return new JobQueue(address, await connect(address, listener), model)
  }

  /**
   * The model that jobs need, by its digest: the workers' model. Without any worker yet, it is this machine's model
   * with the name or path `given`, where there is one.
   */
  async model(given: string | undefined): Promise<QueuedModel> {
    const model = this.#queue.name
    const ofWorkers = await this.#asked(() => currentDigest(this.#redis, this.#presence))
    if (ofWorkers) return { model, digest: ofWorkers }
    this.#digest ??= localDigest(given)
    return { model, digest: await this.#digest }
  }

  get #presence(): string {
    return this.#queue.toKey(PRESENCE)
  }

  /** Adds jobs. An existing job stays as it is, with its result; a dead letter is retried. */
  async add(jobs: readonly IdentifiedJob[], tries: Tries): Promise<void> {
    for (let begin = 0; begin < jobs.length; begin += TOGETHER)
      await this.#add(jobs.slice(begin, begin + TOGETHER), tries)
  }

  async #add(jobs: readonly IdentifiedJob[], { attempts, backoff, keep }: Tries): Promise<void> {
    const ids = jobs.map(({ id }) => id)
    const ends = await this.ends(ids)
    await this.remove(ids.filter((_, i) => ends[i] === 'dead')) // the job's data in Redis may be damaged
    const options = {
      attempts,
      backoff: { type: 'exponential', delay: 1000 * backoff },
      removeOnComplete: { age: keep },
    }
    await this.#asked(() =>
      this.#queue.addBulk(jobs.map(({ id, job }) => ({ name: NAME, data: job, opts: { ...options, jobId: id } }))),
    )
  }

  /** The end of each job. */
  ends(ids: readonly string[]): Promise<End[]> {
    return this.#asked(async () => {
      if (!ids.length) return []
      const [completed, failed] = await Promise.all(
        (['completed', 'failed'] as const).map((state) => this.#redis.zmscore(this.#queue.toKey(state), ...ids)),
      )
      return ids.map((_, i) => (completed[i] !== null ? 'completed' : failed[i] !== null ? 'dead' : null))
    })
  }

  /** Whether Redis has each job. Redis may have lost the latest jobs if it was killed before it wrote them to disk. */
  has(ids: readonly string[]): Promise<boolean[]> {
    return this.#asked(async () =>
      Promise.all(ids.map(async (id) => (await this.#redis.exists(this.#queue.toKey(id))) === 1)),
    )
  }

  /**
   * The translations of a completed job; null where they have been removed, or are by another model while a worker has
   * the requested one. An unreadable result is removed, so that the job can be added again. @throws GlassformerError
   * ERR_JOB
   */
  async result(id: string, { texts, digest }: JobData): Promise<readonly QueuedTranslation[] | null> {
    const stored = await this.#asked(() => this.#redis.hget(this.#queue.toKey(id), 'returnvalue'))
    if (stored === null) return null
    try {
      const result = readResult(id, stored, texts.length)
      const isOthers = result.digest !== digest && digest !== '' && result.digest !== ''
      if (!isOthers || !(await this.#asked(() => isPresent(this.#redis, this.#presence, digest))))
        return result.translations
      await this.remove([id])
      return null
    } catch (error) {
      await this.remove([id])
      throw error
    }
  }

  /** The dead letters, the latest first. */
  deadLetters(): Promise<DeadLetter[]> {
    return this.#asked(async () => {
      const ids = await this.#redis.zrevrange(this.#queue.toKey('failed'), 0, -1)
      return Promise.all(ids.map((id) => this.deadLetter(id)))
    })
  }

  deadLetter(id: string): Promise<DeadLetter> {
    return this.#asked(async () => {
      const fields = ['failedReason', 'atm', 'finishedOn', 'data'] as const
      const [reason, attempts, at, data] = await this.#redis.hmget(this.#queue.toKey(id), ...fields)
      return {
        id,
        reason:
          reason === STALLED ? 'workers were lost with it again and again: it may be what ends them' : (reason ?? ''),
        attempts: Number(attempts ?? 0),
        failedAt: new Date(Number(at)),
        data: data ?? '',
      }
    })
  }

  /**
   * Puts dead letters back into the queue, with a new set of attempts. Returns the number of jobs that were dead
   * letters.
   */
  async retry(ids: readonly string[]): Promise<number> {
    const ends = await this.ends(ids)
    const dead = ids.filter((_, i) => ends[i] === 'dead')
    await this.#asked(() =>
      Promise.all(
        dead.map(async (id) => {
          await this.#redis.hdel(this.#queue.toKey(id), 'stc') // the number of workers lost with the job
          const job = new Job(this.#queue, NAME, {}, {}, id)
          // Another process may just have done the same.
          await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true }).catch(notConnected)
        }),
      ),
    )
    return dead.length
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#asked(() => Promise.all(ids.map((id) => this.#queue.remove(id))))
  }

  async close(): Promise<void> {
    await this.#queue.close().catch(() => {})
    this.#redis.disconnect()
  }

  /** The answer of Redis. @throws GlassformerError ERR_QUEUE where Redis refuses the command */
  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof GlassformerError) throw error
      throw new GlassformerError('ERR_QUEUE', `${this.address.shown}: ${reasonOf(error)}`, { cause: error })
    }
  }
}

/** Ignores the error that a job is no longer in the expected state. */
function notConnected(error: Error): void {
  if (!/Missing key|not in the/.test(error.message)) throw error
}
