import type { Weights } from '../weights/weights.ts'

/** The type of the numbers in a generator's caches of keys and values. */
export type CacheType = 'float32' | 'bfloat16'

/** Float32 weights have float32 caches. Rounded weights have bfloat16 caches: a step waits for these bytes, and bfloat16 halves them. */
export const cacheType = ({ numberFormat }: Weights): CacheType => (numberFormat === 'float32' ? 'float32' : 'bfloat16')
