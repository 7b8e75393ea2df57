import type { LookingBack } from '../../../base/looking-back.ts'
import { decoderSelfAttention } from '../../model/decoder-self-attention.ts'
import type { Weights } from '../../weights/weights.ts'
import type { Reach } from './target-cache.ts'

/** The type of the numbers in a generator's caches. */
export type CacheType = 'float32' | 'bfloat16'

/**
 * Float32 weights have float32 caches. Rounded weights have bfloat16 caches: a step waits for these bytes, and bfloat16 halves them. Where
 * the translations shall be those of Marian, which has float32 caches, so have we.
 */
export const cacheType = (weights: Weights): CacheType =>
  weights.numberFormat === 'float32' || weights.hasMultipliers ? 'float32' : 'bfloat16'

/** Rows of the target's cache, of one layer: their width and type, and which of them a step reads. */
export interface TargetRows {
  width: number
  type: CacheType
  reach: Reach
}

/** Which rows of the cache each way of looking back reads. */
const reachOf: Readonly<Record<LookingBack, Reach>> = { attention: 'path', ssru: 'parent', average: 'parent' }

/** Keys and values side by side; or the states of a recurrence, which stay float32, for each is made of the one before. */
export function targetRows(weights: Weights): TargetRows {
  const { decoder, dModel } = weights.config
  const reach = reachOf[decoderSelfAttention(weights.config).kind]
  if (reach === 'parent') return { width: dModel, type: 'float32', reach }
  return { width: 2 * decoder.heads * decoder.dHead, type: cacheType(weights), reach }
}
