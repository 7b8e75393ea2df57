/** Face of translate/pool/: what other rooms use of worker threads and requests. */
export { AsyncQueue } from './async-queue.ts'
export { CHUNK_SIZE, sizeOf } from './chunks.ts'
export { onAbort } from './on-abort.ts'
export { aborted } from './request.ts'
export type { SchedulingOptions } from './scheduling.ts'
export type { Statistics } from './statistics.ts'
export { mostThreads, type Threads } from './threads.ts'
export type { Histogram } from './worker-counts.ts'
