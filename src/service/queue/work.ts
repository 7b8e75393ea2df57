import { present } from '../../base/present.ts'
import { reading } from '../../base/reading.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read } from '../../base/schema/settings.ts'
import { modelDigest } from '../../files/folders/layout/model-digest.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { type WatchPort, watchPort } from '../serve/watching/watch-port.ts'
import { readJob } from './jobs/job.ts'
import { allWorkSettings, queueName } from './jobs/options.ts'
import { loadSubject } from './jobs/subject.ts'
import { addressOf } from './redis/address.ts'
import { connect, isOfConnection, reasonOf } from './redis/connection.ts'
import { PREFIX, PRESENCE } from './redis/job-queue.ts'
import { JobWorker } from './redis/job-worker.ts'
import { DelayedError, type Job } from './redis/libraries.ts'
import { isPresent, Presence } from './redis/presence.ts'
import type { Watched } from './watched.ts'
import { countingJobs, type WorkCounts } from './work-counts.ts'

/** Milliseconds within which a worker must have had an answer from Redis to count as connected. */
const SILENT = 60_000

/** Whether the worker takes jobs, or waits for an unreachable Redis. A restart helps only where this is false. */
const isAlive = ({ worker, redis, presence }: Watched) =>
  worker.isRunning() && (redis.status !== 'ready' || presence.silence < SILENT)

/** Whether the worker takes jobs now. */
const isReady = (watched: Watched) =>
  isAlive(watched) && watched.redis.status === 'ready' && watched.worker.closing === undefined

/** Serves a worker's state at a port. @throws GlassformerError ERR_OPTION where the port is not available */
async function watchWorker(watched: Watched, host: string, port: number): Promise<WatchPort> {
  const { workerFigures } = await import('./worker-figures.ts')
  const told = { isAlive: () => isAlive(watched), isReady: () => isReady(watched), figures: workerFigures(watched) }
  return watchPort(told, host, port)
}

/** Options of a worker, which takes jobs from a queue and translates them. */
export interface WorkOptions extends Given<typeof allWorkSettings> {}

/** The events of a worker. */
export interface WorkListener {
  /** Redis cannot be reached; the worker retries until it can. */
  away?(reason: string): void
  back?(): void
  done?(job: { id: string; texts: number; seconds: number }): void
  /** An attempt has failed; the job is retried, or is a dead letter. */
  failed?(job: { id: string; reason: string; isDead: boolean }): void
  /**
   * Another worker has the job, because Redis received no sign of life from this one: the work on it has been stopped.
   */
  lost?(job: { id: string }): void
  /** Any other error from which the worker has recovered. */
  trouble?(reason: string): void
}

/** A worker of a queue. */
export interface QueueWorker extends AsyncDisposable {
  /** The queue: the address of its Redis without the password, and the name. */
  readonly queue: string
  /** The port that serves the worker's state; undefined where there is none. */
  readonly port: number | undefined
  /** Takes no more jobs, finishes those in progress, and frees all resources. */
  close(): Promise<void>
}

/**
 * The number of workers that may be lost with a job before it is a dead letter, because the job itself may end them.
 */
const MOST_LOST = 5

/** Milliseconds between checks for a worker with the model that a job needs. */
const LATER = 1000

/**
 * Takes jobs from the queue of a model and does them, translating texts or writing down sounds, until it is closed. If a worker is lost, another does its
 * jobs; only the first result of a job counts.
 * @throws GlassformerError as `Translator.load`, and ERR_QUEUE
 */
export async function work(options: WorkOptions = {}, listener: WorkListener = {}): Promise<QueueWorker> {
  const { queue, model, jobs, stalledAfter, timeout, port, host, ...load } = reading('the options', () =>
    read(allWorkSettings, options, inOptions),
  )
  const address = addressOf(queue)
  const name = queueName(model)
  const subject = await loadSubject(model, load)
  const ended: (() => Promise<unknown>)[] = [() => subject.close()]
  const end = async () => {
    for (const each of ended.toReversed()) await each()
  }
  try {
    const digest = await modelDigest(subject.path)
    const redis = await connect(address, listener)
    ended.push(async () => redis.disconnect())
    const lockDuration = 1000 * stalledAfter
    const presenceKey = `${PREFIX}:${name}:${PRESENCE}`
    const presence = new Presence(redis, presenceKey, digest, lockDuration)
    await presence.start()
    ended.push(() => presence.stop())

    const translated = async (job: Job, signal: AbortSignal) => {
      const given = readJob(job.id, name, job.data)
      const { digest: asked } = given
      if (asked && asked !== digest && (await isPresent(redis, presenceKey, asked))) {
        await job.moveToDelayed(Date.now() + LATER, job.token)
        throw new DelayedError()
      }
      return { translations: await subject.run(given, { signal, timeout: 1000 * timeout }), digest }
    }
    const worker = new JobWorker(
      name,
      translated,
      {
        connection: redis,
        prefix: PREFIX,
        concurrency: jobs ?? 2 * resolveLoadOptions(load).workers,
        lockDuration,
        stalledInterval: lockDuration / 2,
        maxStalledCount: MOST_LOST,
        runRetryDelay: 1000,
      },
      () => presence.hasSettled(),
    )
    ended.push(() => worker.finish())
    await worker.waitUntilReady() // closing a connection that is being made would raise an unhandled error
    const counts = countingJobs()
    tell(worker, counts, listener, (error) => redis.status === 'ready' && !isOfConnection(error))
    const watched: Watched = { worker, redis, translator: subject.translator, counts, presence, model: name }
    const listening = port === undefined ? undefined : await watchWorker(watched, host, port)
    if (listening) ended.push(() => listening.close())
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= end()
      return closed
    }
    return { queue: `${address.shown} ${name}`, port: listening?.port, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await end()
    throw error
  }
}

/** Counts the outcomes of jobs, and calls the listener. */
function tell(
  worker: JobWorker,
  counts: WorkCounts,
  listener: WorkListener,
  isTrouble: (error: Error) => boolean,
): void {
  worker.on('completed', ({ id, data, processedOn, finishedOn }) => {
    const seconds = (present(finishedOn) - present(processedOn)) / 1000
    counts.done(data.texts.length, seconds)
    listener.done?.({ id: present(id), texts: data.texts.length, seconds })
  })
  worker.on('failed', (job, error) => {
    const isDead = job === undefined || job.finishedOn !== undefined
    counts.failed(isDead)
    listener.failed?.({ id: job?.id ?? '', reason: error.message, isDead })
  })
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) {
      counts.lost()
      listener.lost?.({ id })
    }
  })
  worker.on('error', (error) => {
    if (isTrouble(error) && !/^could not renew lock/.test(error.message)) listener.trouble?.(reasonOf(error))
  })
}
