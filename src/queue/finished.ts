import { setTimeout as wait } from 'node:timers/promises'
import { GlassformerError } from '../errors.ts'
import { counted } from '../number-text.ts'
import { aborted } from '../translate/request.ts'
import type { IdentifiedJob } from './job.ts'
import type { JobQueue, Tries } from './job-queue.ts'
import type { QueuedTranslation } from './result.ts'

/** Milliseconds between two looks at jobs that are awaited: the first, and the most while nothing ends. */
const [SOON, LATE] = [20, 500]

/** Milliseconds until it is looked whether Redis still has the jobs. */
const LOST_AFTER = 2000

/**
 * Waits until at least the first of some jobs has ended, and returns how many have, one behind the other from the first on. A job that Redis
 * has lost is added anew.
 */
export async function endedFromFirst(
  queue: JobQueue,
  jobs: readonly IdentifiedJob[],
  tries: Tries,
  signal?: AbortSignal,
): Promise<number> {
  const ids = jobs.map(({ id }) => id)
  let looked = performance.now()
  for (let pause = SOON; ; pause = Math.min(LATE, pause * 1.5)) {
    if (signal?.aborted) throw aborted(signal)
    const ends = await orAborted(queue.ends(ids), signal)
    const open = ends.indexOf(null)
    const ended = open < 0 ? ends.length : open
    if (ended > 0) return ended
    if (performance.now() - looked > LOST_AFTER) {
      await orAborted(addLost(queue, jobs, ends, tries), signal)
      looked = performance.now()
    }
    await wait(pause, undefined, { signal }).catch(() => {}) // the loop tells that the signal has fired
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

/** The translations of a job that has ended; null where its result has been removed. @throws GlassformerError ERR_JOB where it is dead */
export async function resultOfEnded(
  queue: JobQueue,
  { id, job }: IdentifiedJob,
  signal?: AbortSignal,
): Promise<readonly QueuedTranslation[] | null> {
  const [end] = await orAborted(queue.ends([id]), signal)
  if (end !== 'dead') return orAborted(queue.result(id, job.texts.length), signal)
  const { reason, attempts } = await queue.deadLetter(id)
  throw new GlassformerError(
    'ERR_JOB',
    `job ${id} is a dead letter after ${counted(attempts, 'attempt')}: ${reason}; mend the reason, and enqueue it again, or run 'glassformer dead --retry'`,
  )
}

/** Redis may be away for long: a signal ends the wait for it. */
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
