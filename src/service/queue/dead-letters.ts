import { GlassformerError } from '../../base/errors.ts'
import { type QueueOptions, resolveQueue } from './jobs/options.ts'
import type { DeadLetter } from './jobs/stored-job.ts'
import { JobQueue } from './redis/job-queue.ts'

async function withOpen<T>(options: QueueOptions, use: (queue: JobQueue) => Promise<T>): Promise<T> {
  const { queue, model } = resolveQueue(options)
  const open = await JobQueue.open(queue, model)
  try {
    return await use(open)
  } finally {
    await open.close()
  }
}

/** The dead letters of a model's queue, the latest first. @throws GlassformerError ERR_OPTION, ERR_QUEUE */
export const deadLetters = (options: QueueOptions = {}): Promise<DeadLetter[]> =>
  withOpen(options, (queue) => queue.deadLetters())

/**
 * Puts dead letters back into the queue with a new set of attempts: those with these ids, or all. Returns their number.
 * @throws GlassformerError ERR_OPTION, ERR_QUEUE; ERR_JOB for an id that is not a dead letter's
 */
export const retryDeadLetters = (ids?: readonly string[], options: QueueOptions = {}): Promise<number> =>
  withOpen(options, async (queue) => queue.retry(await checked(queue, ids)))

/**
 * Removes the dead letters with these ids, or all. Returns their number. @throws GlassformerError as `retryDeadLetters`
 */
export const removeDeadLetters = (ids?: readonly string[], options: QueueOptions = {}): Promise<number> =>
  withOpen(options, async (queue) => {
    const dead = await checked(queue, ids)
    await queue.remove(dead)
    return dead.length
  })

async function checked(queue: JobQueue, ids?: readonly string[]): Promise<readonly string[]> {
  if (!ids?.length) return (await queue.deadLetters()).map(({ id }) => id)
  const ends = await queue.ends(ids)
  const other = ends.findIndex((end) => end !== 'dead')
  if (other >= 0)
    throw new GlassformerError(
      'ERR_JOB',
      `job ${ids[other]} is no dead letter: 'npx glassformer dead' lists those that are`,
    )
  return ids
}
