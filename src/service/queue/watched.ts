import type { PoolTranslator } from '../../use/translate/calls/index.ts'
import type { JobWorker } from './redis/job-worker.ts'
import type { Redis } from './redis/libraries.ts'
import type { Presence } from './redis/presence.ts'
import type { WorkCounts } from './work-counts.ts'

/** A worker and the sources of its state. */
export interface Watched {
  worker: JobWorker
  redis: Redis
  /** Null for a model of speech. */
  translator: PoolTranslator | null
  counts: WorkCounts
  presence: Presence
  /** The name of the queue. */
  model: string
}
