/**
 * Bytes of weights that a processor's caches keep from one step to the next. Larger weights are read from memory at
 * every step: kernels then prefetch, and one worker with many sentences reads them less often than several workers.
 */
export const CACHED_BYTES = 32e6
