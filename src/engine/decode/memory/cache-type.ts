import type { LookingBack } from '../../../base/looking-back.ts'
import { decoderSelfAttention } from '../../model/decoder-self-attention.ts'
import type { Weights } from '../../weights/weights.ts'
import type { Reach } from './target-cache.ts'

/** The data type of a generator's caches. */
export type CacheType = 'float32' | 'bfloat16'

/**
 * Chooses the type of the caches. Float32 weights have float32 caches. Rounded weights have bfloat16 caches: a step
 * waits for these bytes, and bfloat16 halves them. Models whose translations must equal Marian's have float32 caches,
 * as Marian has.
 */
export const cacheType = (weights: Weights): CacheType =>
  weights.numberFormat === 'float32' || weights.hasMultipliers ? 'float32' : 'bfloat16'

/** The rows of one layer's target cache: their width and type, and the rows that a step reads. */
export interface TargetRows {
  width: number
  type: CacheType
  reach: Reach
}

/** The rows of the cache that each kind of looking back reads. */
const reachOf: Readonly<Record<LookingBack, Reach>> = { attention: 'path', ssru: 'parent', average: 'parent' }

/**
 * Keys and values lie side by side. States of a recurrence stay float32, because each state is computed from the one
 * before.
 */
export function targetRows(weights: Weights): TargetRows {
  const { decoder, dModel } = weights.config
  const reach = reachOf[decoderSelfAttention(weights.config).kind]
  if (reach === 'parent') return { width: dModel, type: 'float32', reach }
  return { width: 2 * decoder.heads * decoder.dHead, type: cacheType(weights), reach }
}
