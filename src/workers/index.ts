/** Face of workers/: what other rooms use of worker threads, jobs and requests. */

export { closedError, Pool, type PoolWorkers } from './pool/pool.ts'
export type { Statistics } from './pool/statistics.ts'
export { AsyncQueue } from './requests/async-queue.ts'
export type { Chunk } from './requests/chunks.ts'
export { CHUNK_SIZE, sizeOf } from './requests/chunks.ts'
export { ClientShares } from './requests/client-shares.ts'
export { onAbort } from './requests/on-abort.ts'
export { readScheduling, type Scheduling, type SchedulingOptions, schedulingSettings } from './requests/scheduling.ts'
export { aborted, atIndex, newNumber } from './requests/submit.ts'
export { mostThreads, type Threads } from './threads/threads.ts'
export type { Histogram } from './threads/worker-counts.ts'
