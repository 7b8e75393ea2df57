import { setTimeout as wait } from 'node:timers/promises'
import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import { aborted } from '../../workers/index.ts'
import type { IdentifiedJob } from './jobs/job.ts'
import type { QueuedTranslation } from './jobs/result.ts'
import type { JobQueue, Tries } from './redis/job-queue.ts'

/** Milliseconds between two checks of awaited jobs: the first interval, and the maximum while no job ends. */
const [SOON, LATE] = [20, 500]

/** Milliseconds until checking whether Redis still has the jobs. */
const LOST_AFTER = 2000

/** Maximum number of jobs checked together, and of results held in memory. */
const [LOOKED_AT, HELD] = [1000, 50]

/**
 * Waits until the first job has ended, and delivers its translations and those of ended jobs directly after it, in
 * order. Delivered jobs are removed from `jobs`. A job that Redis has lost is added again.
 * @throws GlassformerError ERR_JOB where the first is a dead letter; ERR_ABORTED, ERR_QUEUE
 */
export async function deliverEnded<J extends IdentifiedJob>(
  queue: JobQueue,
  jobs: J[],
  tries: Tries,
  signal: AbortSignal | undefined,
  deliver: (job: J, translations: readonly QueuedTranslation[]) => void,
): Promise<void> {
  const ended = await endedFromFirst(queue, jobs.slice(0, LOOKED_AT), tries, signal)
  const some = jobs.slice(0, Math.min(ended, HELD))
  const results = await Promise.allSettled(some.map((job) => resultOfEnded(queue, job, signal)))
  for (const [i, result] of results.entries()) {
    if (signal?.aborted) throw aborted(signal)
    if (result.status === 'rejected') throw atTexts(some[i], result.reason)
    if (result.value === null) return // removed in the meantime: it is added again
    deliver(some[i], result.value)
    jobs.shift()
  }
}

/** The number of consecutive ended jobs, from the first on: at least one. */
async function endedFromFirst(
  queue: JobQueue,
  jobs: readonly IdentifiedJob[],
  tries: Tries,
  signal?: AbortSignal,
): Promise<number> {
  const ids = jobs.map(({ id }) => id)
  let looked = -Infinity
  for (let pause = SOON; ; pause = Math.min(LATE, pause * 1.5)) {
    if (signal?.aborted) throw aborted(signal)
    const ends = await orAborted(queue.ends(ids), signal)
    const open = ends.indexOf(null)
    const ended = open < 0 ? ends.length : open
    if (ended > 0) return ended
    if (performance.now() - looked > LOST_AFTER) {
      // At first only the awaited job is checked, because there may be many.
      const [of, endsOf] = looked < 0 ? [jobs.slice(0, 1), ends.slice(0, 1)] : [jobs, ends]
      await orAborted(addLost(queue, of, endsOf, tries), signal)
      looked = performance.now()
    }
    await wait(pause, undefined, { signal }).catch(() => {}) // the loop handles the signal
  }
}

async function addLost(
  queue: JobQueue,
  jobs: readonly IdentifiedJob[],
  ends: readonly unknown[],
  tries: Tries,
): Promise<void> {
  const open = jobs.filter((_, i) => ends[i] === null)
  const isThere = await queue.has(open.map(({ id }) => id))
  const lost = open.filter((_, i) => !isThere[i])
  if (lost.length) await queue.add(lost, tries)
}

/**
 * The translations of an ended job; null where its result has been removed. @throws GlassformerError ERR_JOB for a dead
 * letter
 */
async function resultOfEnded(
  queue: JobQueue,
  { id, job }: IdentifiedJob,
  signal?: AbortSignal,
): Promise<readonly QueuedTranslation[] | null> {
  const [end] = await orAborted(queue.ends([id]), signal)
  if (end !== 'dead') return orAborted(queue.result(id, job), signal)
  const { reason, attempts } = await queue.deadLetter(id)
  throw new GlassformerError(
    'ERR_JOB',
    `job ${id} is a dead letter after ${counted(attempts, 'attempt')}: ${reason}; mend the reason, and enqueue it again, or run 'npx glassformer dead --retry'`,
  )
}

const atTexts = ({ job: { first, texts } }: IdentifiedJob, error: unknown): unknown =>
  error instanceof GlassformerError && error.code === 'ERR_JOB'
    ? new GlassformerError('ERR_JOB', `texts ${first} to ${first + texts.length - 1}: ${error.message}`, {
        cause: error,
      })
    : error

/** Redis may be unreachable for long: a signal ends the wait for it. */
async function orAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise
  let leave = () => {}
  const fired = new Promise<never>((_, reject) => {
    const fail = () => reject(aborted(signal))
    if (signal.aborted) return fail()
    signal.addEventListener('abort', fail, { once: true })
    leave = () => signal.removeEventListener('abort', fail)
  })
  try {
    return await Promise.race([promise, fired])
  } finally {
    leave()
    promise.catch(() => {})
  }
}
