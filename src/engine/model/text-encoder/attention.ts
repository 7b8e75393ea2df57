import { entryOf } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { attention } from '../../program/ops/attention.ts'
import { disentangledAttention } from '../../program/ops/disentangled-attention.ts'
import { rotate } from '../../program/ops/rotate.ts'
import type { Program } from '../../program/program.ts'
import { linearLayer } from '../layers/layers.ts'
import type { TextEncoderConfig } from './config.ts'
import { boundDistances, bucketBias, QUERY_KEY_VALUE } from './distances.ts'

/** What self-attentions of all layers read in common. */
export interface Attending {
  /** z [S, heads · dHead] of the queries, keys and values of a layer, [S, 3 · heads · dHead]. */
  attended(queryKeyValue: Tensor, layer: number): Tensor
}

/** The factor of scores; disentangled attention adds up to three products (He et al. 2021, eq. 4). */
export function scoreScale({ dHead, disentangled }: TextEncoderConfig): number {
  const products = 1 + Number(disentangled?.contentToPosition ?? 0) + Number(disentangled?.positionToContent ?? 0)
  return (dHead * products) ** -0.5
}

/** Declares what attention binds; called once, outside of all layers. */
export function attending(p: Program, config: TextEncoderConfig): Attending {
  const { heads, dHead, rotary, disentangled, distanceBuckets, reach } = config
  const scale = scoreScale(config)
  const spans = p.input('spans', 'B', 2, 'int32')
  if (disentangled) {
    const buckets = p.input('buckets', 2 * config.maxLength + 1, 1, 'int32')
    return {
      attended(queryKeyValue, layer) {
        const [q, k, v] = queryKeyValue.columns(3)
        const tables = boundDistances(p, layer, config, disentangled)
        const inputs = { q, k, v, queries: spans, keys: spans, buckets, ...tables }
        return disentangledAttention(p, inputs, { heads, scale, traced: p.tracing })[0]
      },
    }
  }
  const turned = rotary ? turning(p, rotary, { heads, dHead, maxLength: config.maxLength }) : null
  const distanceBias = distanceBuckets ? bucketBias(p, distanceBuckets, heads, scale) : null
  const near = reach === null ? null : nearKeys(p, reach, heads)
  return {
    attended(queryKeyValue, layer) {
      const [q, k, v] = (turned ? turned(queryKeyValue, layer) : queryKeyValue).columns(3)
      const isNear = near && !config.globalLayers?.[layer]
      const seen = isNear ? near : { queries: spans, keys: spans, distanceBias }
      const attributes = { heads, scale, causal: false, every: 1, traced: p.tracing, dropout: 0, site: 0 }
      return attention(p, { q, k, v, ...seen }, attributes)[0]
    },
  }
}

/** Turns the queries and keys of a layer by the bound `turns` [maxLength, dHead] of its base. */
function turning(
  p: Program,
  bases: readonly number[],
  { heads, dHead, maxLength }: Pick<TextEncoderConfig, 'heads' | 'dHead' | 'maxLength'>,
): (queryKeyValue: Tensor, layer: number) => Tensor {
  const positions = p.input('places', 'S', 1, 'int32')
  const tables = new Map([...new Set(bases)].map((base) => [base, p.input(turnsOf(base), maxLength, dHead)]))
  return (x, layer) =>
    rotate(
      p,
      { x, positions, rotations: entryOf(tables, bases[layer]) },
      { columns: 2 * heads * dHead, direction: 'forward' },
    )[0]
}

/** The name of the array of cosines and sines. */
export const turnsOf = (base: number) => `turns.${base}`

/**
 * Blocks of queries with the keys that are near to any of them; −∞ for distances beyond. A trace, which shows the weights of all pairs, has
 * whole texts as blocks.
 */
function nearKeys(p: Program, reach: number, heads: number) {
  return {
    queries: p.input('near.queries', 'B.near', 2, 'int32'),
    keys: p.input('near.keys', 'B.near', 2, 'int32'),
    at: p.input('near.at', 'B.near', 1, 'int32'),
    distanceBias: p.input('near.bias', 2 * (reach + 1) + 1, heads),
  }
}

/** The self-attention sub-layer of a layer: x [S, dModel] → [S, dModel], with the residual added where it is given. */
export function selfAttention(
  p: Program,
  x: Tensor,
  residual: Tensor,
  { of, layer }: { of: Attending; layer: number },
  { heads, dHead, dModel, linearBias }: TextEncoderConfig,
): Tensor {
  return p.within('selfAttention', () => {
    const outputs = 3 * heads * dHead
    const qkv = linearLayer(p, 'queryKeyValue', x, { outputs, parts: QUERY_KEY_VALUE }, { linearBias })
    return linearLayer(p, 'output', of.attended(qkv, layer), { outputs: dModel, residual }, { linearBias })
  })
}
