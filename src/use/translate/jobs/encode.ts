import type { Adapter } from '../../../engine/weights/adapter.ts'
import type { JobKind } from '../../../workers/jobs/job-kind.ts'
import type { Encoded, Source } from '../translation/translation.ts'
import { engineOf } from './engine-of.ts'

interface Contents {
  sources: readonly Source[]
  adapter?: Adapter
}

/** The encoder's states of sources. */
export const encode: JobKind<'encode', Contents, Encoded> = {
  kind: 'encode',
  prepare: engineOf,
  run(worker, { contents: { sources, adapter }, ...job }) {
    const engine = engineOf(worker)
    const ids: number[][] = []
    for (const [index, source] of sources.entries()) {
      try {
        ids.push(engine.idsOf(source, 'source'))
      } catch (error) {
        return job.fail(error, { index })
      }
    }
    job.done(engine.encode(ids, adapter))
  },
  cancel() {}, // done in one step
}
