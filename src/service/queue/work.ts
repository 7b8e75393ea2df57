import { GlassformerError } from '../../base/errors.ts'
import { reading } from '../../base/reading.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import type { LoadOptions } from '../../use/translate/options.ts'
import { PoolTranslator } from '../../use/translate/pool-translator.ts'
import { resolveLoadOptions } from '../../use/translate/resolve-load-options.ts'
import { translateEach } from '../../use/translate/translate-each.ts'
import { addressOf } from './address.ts'
import { connect, isOfConnection, reasonOf } from './connection.ts'
import { readJob } from './job.ts'
import { PREFIX } from './job-queue.ts'
import { JobWorker } from './job-worker.ts'
import type { Redis } from './libraries.ts'
import { allWorkSettings, type QueueOptions, queueName } from './options.ts'
import { resultOf } from './result.ts'

/** How a worker takes jobs from a queue and translates them. */
export interface WorkOptions extends QueueOptions, LoadOptions {
  /** The most jobs in work at once. Default: twice the `workers`. */
  jobs?: number
  /** The seconds without a sign of life after which the jobs of a worker are given to others. Default 30. */
  stalledAfter?: number
}

/** What a worker tells. */
export interface WorkListener {
  /** Redis is away: the worker looks for it until it is back. */
  away?(reason: string): void
  back?(): void
  done?(job: { id: string; texts: number; seconds: number }): void
  /** An attempt has failed; the job is tried again, or is a dead letter. */
  failed?(job: { id: string; reason: string; isDead: boolean }): void
  /** Anything else that went wrong and has been mended. */
  trouble?(reason: string): void
}

/** A worker of a queue. */
export interface QueueWorker extends AsyncDisposable {
  /** The queue: the address of its Redis without the password, and the name. */
  readonly queue: string
  /** Takes no more jobs, finishes those in work, and frees everything. */
  close(): Promise<void>
}

/** How often workers may be lost with a job before it is a dead letter: it may be what ends them. */
const MOST_LOST = 5

/**
 * Takes jobs from the queue of a model and translates them, until it is closed. A job whose worker is lost is done by another; only the first
 * result of a job counts.
 * @throws GlassformerError as `Translator.load`, and ERR_QUEUE
 */
export async function work(options: WorkOptions = {}, listener: WorkListener = {}): Promise<QueueWorker> {
  const { queue, model, jobs, stalledAfter, ...load } = reading('the options', () =>
    read(allWorkSettings, options, inOptions),
  )
  const address = addressOf(queue)
  const name = queueName(model)
  const translator = await PoolTranslator.load(model, load)
  try {
    const { path, hasTokenizer } = translator.model
    if (!hasTokenizer)
      throw new GlassformerError('ERR_OPTION', `${path} has no tokenizer, which the texts of jobs need`)
    const redis = await connect(address, listener)
    const worker = new JobWorker(
      name,
      async ({ id, data }) => {
        const { texts, options } = readJob(id, name, data)
        const outcomes = await translateEach(texts, translator, options)
        return { translations: outcomes.map(resultOf) }
      },
      {
        connection: redis,
        prefix: PREFIX,
        concurrency: jobs ?? 2 * resolveLoadOptions(load).workers,
        lockDuration: 1000 * stalledAfter,
        stalledInterval: 500 * stalledAfter,
        maxStalledCount: MOST_LOST,
        runRetryDelay: 1000,
      },
    )
    worker.on('completed', ({ id, data, processedOn, finishedOn }) => {
      const seconds = (finishedOn! - processedOn!) / 1000
      listener.done?.({ id: id!, texts: data.texts.length, seconds })
    })
    worker.on('failed', (job, error) => {
      const isDead = job === undefined || job.finishedOn !== undefined
      listener.failed?.({ id: job?.id ?? '', reason: error.message, isDead })
    })
    worker.on('error', (error) => {
      if (redis.status === 'ready' && !isOfConnection(error)) listener.trouble?.(reasonOf(error))
    })
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= closeWorker(worker, redis, translator)
      return closed
    }
    return { queue: `${address.shown} ${name}`, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await translator.close()
    throw error
  }
}

async function closeWorker(worker: JobWorker, redis: Redis, translator: PoolTranslator): Promise<void> {
  await worker.finish()
  redis.disconnect()
  await translator.close()
}
