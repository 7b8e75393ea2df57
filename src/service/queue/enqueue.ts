import { GlassformerError } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read, settings } from '../../base/schema/settings.ts'
import { abortSignal } from '../../base/schema/types.ts'
import { isSource, ownSources } from '../../use/translate/calls/index.ts'
import { deliverEnded } from './finished.ts'
import { type IdentifiedJob, identified, type QueuedModel } from './jobs/job.ts'
import { type EnqueueOptions, type ResolvedEnqueue, resolveEnqueue } from './jobs/options.ts'
import type { QueuedTranslation } from './jobs/result.ts'
import { withQueue } from './redis/shared-queues.ts'

/** Texts in a queue. */
export interface Enqueued {
  /** The ids of the jobs, in the order of their texts; the same texts, model and options have the same ids. */
  readonly ids: readonly string[]
  /**
   * Waits for the translations of all texts, in their order. It may be called again, also in another process that
   * enqueues the same texts. It waits while Redis cannot be reached; a `signal` (AbortSignal.timeout) ends the wait,
   * and the jobs continue.
   * @throws GlassformerError ERR_JOB where a job is a dead letter, ERR_QUEUE, ERR_ABORTED, ERR_OPTION
   */
  result(options?: { signal?: AbortSignal }): Promise<QueuedTranslation[]>
}

const resultSettings = settings({
  signal: { type: abortSignal, optional: true, says: 'ends the wait' },
})

/**
 * Adds texts to the queue of a model, from which workers (`glassformer work`) on this machine or others take them. The
 * promise resolves when Redis has stored them. The same texts with the same options are the same jobs: they are
 * translated once, and a dead letter is retried.
 * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_QUEUE
 */
export async function enqueue(texts: string | readonly string[], options: EnqueueOptions = {}): Promise<Enqueued> {
  const resolved = resolveEnqueue(options)
  const given = textsOf(texts)
  return enqueuedOf(resolved, (model) => jobsOf(given, model, resolved))
}

/** Adds the jobs that `make` makes for a model to its queue. */
export async function enqueuedOf(
  resolved: ResolvedEnqueue,
  make: (model: QueuedModel) => IdentifiedJob[],
): Promise<Enqueued> {
  const { queue, model, given: name } = resolved
  const jobs = await withQueue(queue, model, async (opened) => {
    const made = make(await opened.model(name))
    await opened.add(made, resolved)
    return made
  })
  return {
    ids: jobs.map(({ id }) => id),
    async result(options = {}) {
      const { signal } = read(resultSettings, options, inOptions)
      return withQueue(queue, model, async (opened) => {
        const all: QueuedTranslation[] = []
        const open = [...jobs]
        while (open.length)
          await deliverEnded(opened, open, resolved, signal, (_, translations) => all.push(...translations))
        return all
      })
    },
  }
}

/** @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG */
function textsOf(given: string | readonly string[]): string[] {
  const texts = isSource(given) ? [given] : ownSources(given)
  const other = texts.findIndex((text) => typeof text !== 'string')
  if (other >= 0) throw new GlassformerError('ERR_INPUT', `source ${other}: a job takes texts`)
  return texts as string[]
}

function jobsOf(
  texts: readonly string[],
  model: QueuedModel,
  { lines, translation }: ResolvedEnqueue,
): IdentifiedJob[] {
  const jobs: IdentifiedJob[] = []
  for (let begin = 0; begin < texts.length; begin += lines)
    jobs.push(identified(model, begin + 1, texts.slice(begin, begin + lines), translation))
  return jobs
}
