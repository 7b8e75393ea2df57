import { GlassformerError } from '../../base/errors.ts'
import type { JobKind, ResultOf } from '../../workers/jobs/job-kind.ts'
import type { Chunk } from '../../workers/requests/chunks.ts'
import type { JobPool, SubmitOptions } from '../../workers/requests/submit.ts'
import { aborted, atIndex } from '../translate/for-pages.ts'
import { Calls } from './calls.ts'
import type { ChunkContents } from './loading/messages.ts'
import type { PageWorker } from './start-worker.ts'

/** The worker of a page, as encoders and transcribers ask it. `priority` and `client` have no effect here. */
export class PagePool implements JobPool {
  readonly #calls: Calls

  constructor(worker: PageWorker) {
    this.#calls = new Calls(worker)
  }

  async submit<Kind extends JobKind>(
    chunks: readonly Chunk<Kind>[],
    { scheduling: { signal, timeout }, count }: SubmitOptions<Kind>,
  ): Promise<ResultOf<Kind>[]> {
    if (signal?.aborted) throw aborted(signal)
    const total = count ?? chunks.reduce((sum, { indices }) => sum + indices.length, 0)
    const results = new Array<ResultOf<Kind>>(total)
    const failing = new AbortController()
    const stop = signal ? AbortSignal.any([signal, failing.signal]) : failing.signal
    const ask = async ({ kind, contents, indices }: Chunk<Kind>) => {
      const own = { kind, ...(contents as object) } as ChunkContents
      // The worker counts within a chunk, and callers within the request.
      const answers = await this.#calls.ask<ResultOf<Kind>>(own, indices.length, {
        signal: stop,
        timeout,
        failed: (error, index, side) => atIndex(error, indices[index], total, side),
      })
      answers.forEach((answer, k) => {
        results[indices[k]] = answer
      })
    }
    try {
      await Promise.all(chunks.map(ask))
    } catch (error) {
      failing.abort()
      throw error
    }
    return results
  }

  async close(): Promise<void> {
    this.#calls.end(new GlassformerError('ERR_CLOSED', 'the model has been closed: load another one'))
  }
}
