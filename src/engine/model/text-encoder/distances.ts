import type { Tensor } from '../../program/instructions/tensor.ts'
import { embed } from '../../program/ops/embed.ts'
import type { Program } from '../../program/program.ts'
import { bucketOf } from '../config/buckets.ts'
import { linearLayer, norm } from '../layers/layers.ts'
import type { Disentangled, TextEncoderConfig } from './config.ts'

/**
 * The rows of distances as each layer reads them, `encoder.N.distances` [2 span, d]: products of weights alone, which are computed once for
 * a model. d is 3 · heads · dHead with the layer's own projections (their queries, keys and values of a distance), else 2 · heads · dHead.
 */
export function distanceProducts(p: Program, config: TextEncoderConfig, { span, shared, normed }: Disentangled): void {
  const { dModel, layers, epsilon, heads, dHead, linearBias } = config
  const stored = p.weight('distances.weight', { rows: 2 * span, width: dModel, role: 'distances' })
  const table = normed ? norm(p, 'distancesNorm', stored, { norm: { kind: 'layerNorm', epsilon }, dModel }) : stored
  for (let i = 0; i < layers; i++) {
    const made = p.within(['encoder', `${i}`, 'selfAttention'], () =>
      shared
        ? linearLayer(p, 'queryKeyValue', table, { outputs: 3 * heads * dHead, parts: QUERY_KEY_VALUE }, { linearBias })
        : linearLayer(
            p,
            'distanceQueryKey',
            table,
            { outputs: 2 * heads * dHead, parts: ['distanceQuery', 'distanceKey'] },
            { linearBias },
          ),
    )
    p.output(made, distancesOf(i))
  }
}

export const QUERY_KEY_VALUE = ['query', 'key', 'value'] as const

/** The name of the array in which a layer's products lie. */
export const distancesOf = (layer: number) => `encoder.${layer}.distances`

/** The bound products of a layer: rows that keys are compared with, and rows that queries are. */
export function boundDistances(
  p: Program,
  layer: number,
  { heads, dHead }: TextEncoderConfig,
  { span, shared, contentToPosition, positionToContent }: Disentangled,
): { positionKeys: Tensor | null; positionQueries: Tensor | null } {
  const parts = shared ? 3 : 2
  const [queries, keys] = p.input(distancesOf(layer), 2 * span, parts * heads * dHead).columns(parts)
  return {
    positionKeys: contentToPosition ? keys : null,
    positionQueries: positionToContent ? queries : null,
  }
}

/** The row of each distance j − i from −clip to clip, as it is bound: clip is the longest distance in a text. */
export function distanceRows({ span, buckets, furthest }: Disentangled, clip: number): Int32Array {
  return Int32Array.from({ length: 2 * clip + 1 }, (_, m) => {
    // DeBERTa counts from the key to the query.
    const distance = clip - m
    const bucket = buckets ? logBucket(distance, buckets, furthest) : distance
    return Math.max(0, Math.min(2 * span - 1, bucket + span))
  })
}

/** Distances within half of the buckets stay, those beyond share ranges that grow by a factor; computed in float32, as PyTorch does. */
function logBucket(distance: number, buckets: number, furthest: number): number {
  const half = Math.floor(buckets / 2)
  const far = Math.abs(distance)
  if (far <= half) return distance
  const { fround, log } = Math
  const share = fround(fround(log(fround(far / half))) / fround(log(fround((furthest - 1) / half))))
  return Math.sign(distance) * (Math.ceil(fround(share * (half - 1))) + half)
}

/** The clip of distances that have a bucket of their own in MPNet's table: all beyond have the last. */
export const bucketTable = (buckets: number, furthest: number): Int32Array =>
  Int32Array.from({ length: 2 * furthest + 1 }, (_, m) => bucketOf(m - furthest, buckets, furthest, true))

/** A number for each distance and head, [2 furthest + 1, heads], from the bound bucket of each. */
export function bucketBias(
  p: Program,
  { buckets, furthest }: { buckets: number; furthest: number },
  heads: number,
  scoreScale: number,
): Tensor {
  const bound = p.input('buckets', 2 * furthest + 1, 1, 'int32')
  const table = p.weight('distanceBias.weight', { rows: buckets, width: heads, role: 'distances' })
  // Attention scales the bias with the products.
  return p.within('distanceBias', () =>
    embed(p, { table, tokens: bound }, { scale: 1 / scoreScale, positionOffset: 0 }),
  )[0]
}
