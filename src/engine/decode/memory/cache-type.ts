import type { SelfAttentionKind } from '../../../base/choices/self-attention-kind.ts'
import { compressionOf, imageOf, isCompressed, reachOf } from '../../model/config/attention-settings.ts'
import type { ImageSettings } from '../../model/config/image-settings.ts'
import { decoderSelfAttention } from '../../model/config/own-side-settings.ts'
import { CONVOLUTION_REACH, convolutionCacheWidth } from '../../model/layers/convolution.ts'
import type { Weights } from '../../weights/weights.ts'
import type { Reach } from './target-cache.ts'

/** The data type of a generator's caches. */
export type CacheType = 'float32' | 'bfloat16'

/**
 * Chooses the type of the caches. Float32 weights have float32 caches. Rounded weights have bfloat16 caches: a step
 * waits for these bytes, and bfloat16 halves them. Models whose translations must equal Marian's have float32 caches,
 * as Marian has. Keys beside those of a prompt are float32.
 */
export const cacheType = (weights: Weights): CacheType =>
  weights.numberFormat === 'float32' || weights.hasMultipliers || weights.config.prompt !== undefined
    ? 'float32'
    : 'bfloat16'

/** The rows of one layer's target cache: their width and type, and the rows that a step reads. */
export interface TargetRows {
  width: number
  type: CacheType
  reach: Reach
  /** How many tokens of its path a row reads at most, its own included. */
  furthest: number
  /** The image in which it reads near tokens; null: it reads the last ones. */
  image: ImageSettings | null
  /** Compressed memory, and the layers that have it. */
  compressed: { factor: number; layers: number[] } | null
}

/** The rows of the cache that each kind of looking back reads. */
const reaches: Readonly<Record<SelfAttentionKind, Reach>> = {
  attention: 'path',
  ssru: 'parent',
  average: 'parent',
  convolution: 'path',
}

/**
 * Keys and values lie side by side, and so do the inputs of convolutions. States of a recurrence stay float32, because each state is
 * computed from the one before; so do those inputs, which are few.
 */
export function targetRows(weights: Weights): TargetRows {
  const { config } = weights
  const { decoder, dModel } = config
  const { kind } = decoderSelfAttention(config)
  const reach = reaches[kind]
  if (kind === 'convolution')
    return {
      width: convolutionCacheWidth(config),
      type: 'float32',
      reach,
      furthest: CONVOLUTION_REACH,
      image: null,
      compressed: null,
    }
  if (reach === 'parent') return { width: dModel, type: 'float32', reach, furthest: 1, image: null, compressed: null }
  const width = 2 * decoder.heads * decoder.dHead
  const factor = compressionOf(decoder)?.factor
  const layers = Array.from({ length: decoder.layers }, (_, i) => i).filter((i) => isCompressed(decoder, i))
  const compressed = factor === undefined ? null : { factor, layers }
  const near = { furthest: reachOf(decoder.attention), image: imageOf(decoder) ?? null }
  return { width, type: cacheType(weights), reach, ...near, compressed }
}
