import type { Adapter } from '../../../engine/weights/adapter.ts'
import type { JobKind, Side } from '../../../workers/jobs/job-kind.ts'
import type { Score, Source } from '../translation/translation.ts'
import { engineOf } from './engine-of.ts'

interface Contents {
  pairs: readonly { source: Source; target: Source }[]
  adapter?: Adapter
}

/** The log-probabilities of given translations. */
export const score: JobKind<'score', Contents, Score> = {
  kind: 'score',
  prepare: engineOf,
  run(worker, { contents: { pairs, adapter }, ...job }) {
    const engine = engineOf(worker)
    let at: { index?: number; side?: Side } = {}
    try {
      const ids = pairs.map((pair, index) => {
        const idsOf = (side: Side) => {
          at = { index, side }
          return engine.idsOf(pair[side], side)
        }
        return { source: idsOf('source'), target: idsOf('target'), adapter }
      })
      at = {} // from here on an error is about all of them
      job.done(engine.score(ids))
    } catch (error) {
      job.fail(error, at)
    }
  },
  cancel() {}, // done in one step
}
