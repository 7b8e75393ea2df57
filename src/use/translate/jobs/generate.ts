import type { JobKind } from '../../../workers/jobs/job-kind.ts'
import type { SourceSettings } from '../options/generate-settings.ts'
import type { Generated } from '../translation/translation.ts'
import { engineOf } from './engine-of.ts'

interface Contents {
  sources: readonly (readonly number[])[]
  settings: readonly SourceSettings[]
  /** Whether the ids with which all possible results of a source begin are told as they grow. */
  stream: boolean
}

/** The ids with which all possible results of a source of the chunk begin. */
interface Prefix {
  index: number
  ids: number[]
}

/** Generates from ids, as generate() of transformers does. */
export const generate: JobKind<'generate', Contents, Generated[], Prefix> = {
  kind: 'generate',
  prepare: engineOf,
  run(worker, { contents: { sources, settings, stream }, ...job }) {
    const engine = engineOf(worker)
    const { request, turn } = job
    const results: Generated[][] = new Array(sources.length)
    let missing = sources.length
    for (let index = 0; index < sources.length; index++) {
      const done = (found: Generated[]) => {
        results[index] = found
        if (--missing === 0) job.done(results)
      }
      const fail = (error: unknown) => job.fail(error, { index })
      try {
        engine.generate({
          request,
          turn,
          acceptedAt: index ? undefined : job.acceptedAt,
          source: sources[index],
          settings: settings[index],
          done,
          fail,
          ...(stream && { prefix: (ids: number[]) => job.progress({ index, ids }) }),
        })
      } catch (error) {
        return fail(error)
      }
    }
  },
  cancel: (worker, request) => engineOf(worker).cancel(request),
}
