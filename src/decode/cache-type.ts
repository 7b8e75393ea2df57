import type { Weights } from '../weights/weights.ts'

/** Numbers of a generator's caches of keys and values. */
export type CacheType = 'f32' | 'bf16'

/** Weights in float32 have caches in float32, rounded ones rounded caches: half the bytes, which a step waits for. */
export const cacheType = ({ numbers }: Weights): CacheType => (numbers === 'float32' ? 'f32' : 'bf16')
