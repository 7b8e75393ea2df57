import type { JobKind } from '../../../workers/jobs/job-kind.ts'
import { longestFirst } from '../../../workers/requests/chunks.ts'
import type { ResolvedTranslateOptions } from '../options/resolve-call.ts'
import type { Source, Translation } from '../translation/translation.ts'
import { engineOf } from './engine-of.ts'

interface Contents {
  sources: readonly Source[]
  options: ResolvedTranslateOptions
  /** Whether text is told as it becomes certain; then there is one source. */
  stream: boolean
}

/** Translates sources; a partial result is a piece of text. */
export const translate: JobKind<'translate', Contents, Translation, string> = {
  kind: 'translate',
  prepare: engineOf,
  run(worker, { contents: { sources, options, stream }, ...job }) {
    const engine = engineOf(worker)
    const results: Translation[] = new Array(sources.length)
    let missing = sources.length
    const piece = stream ? job.progress : undefined
    let acceptedAt = job.acceptedAt
    for (const index of longestFirst(sources)) {
      const done = (translation: Translation) => {
        results[index] = translation
        if (--missing === 0) job.done(results)
      }
      const fail = (error: unknown) => job.fail(error, { index })
      const { request, turn } = job
      try {
        engine.add({ request, turn, acceptedAt, source: sources[index], options, done, fail, piece })
      } catch (error) {
        return fail(error)
      }
      acceptedAt = undefined // the time to the first token is measured once for a request
    }
  },
  cancel: (worker, request) => engineOf(worker).cancel(request),
}
