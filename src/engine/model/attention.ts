import { attention, cachedAttention } from '../program/ops/attention.ts'
import { embed } from '../program/ops/embed.ts'
import { writeCache } from '../program/ops/write-cache.ts'
import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import type { ModelConfig, StackConfig } from './config.ts'
import { dropped, linearLayer } from './layers.ts'

/** Which rows belong to which sentence: [begin, end) of queries and of keys. */
export interface Spans {
  queries: Tensor
  keys: Tensor
}

/** The past of every hypothesis: keys and values of all steps in slots, and the slots from which each row descends. */
export interface Past {
  /** [M, 2 · heads · dHead]: keys, then values. */
  cache: Tensor
  /** [R, 1]: where this step's keys and values go. */
  slots: Tensor
  /** [A, 1] and [R, 2]: row r descends from slots ancestors[spans[r, 0] … spans[r, 1]), of which its own is the last. */
  ancestors: Tensor
  spans: Tensor
}

/** Multi-head self-attention, paper 3.2.2: Concat(head₁ … head_h) Wᴼ. x [rows, dModel] → [rows, dModel]. */
export function selfAttention(
  p: Program,
  x: Tensor,
  residual: Tensor | null,
  config: ModelConfig,
  stack: StackConfig,
  { spans, causal, distanceBias }: { spans: Tensor; causal: boolean; distanceBias?: Tensor | null },
): Tensor {
  const [q, k, v] = queryKeyValue(p, x, config, stack).columns(3)
  const inputs = { q, k, v, queries: spans, keys: spans, ...distances(p, config, stack), distanceBias }
  const z = attend(p, inputs, config, stack, causal)
  return projected(p, z, residual, config)
}

/** Causal self-attention of one new token for each row over the keys and values of its past. x [R, dModel] → [R, dModel]. */
export function stepAttention(
  p: Program,
  x: Tensor,
  residual: Tensor | null,
  config: ModelConfig,
  { cache, slots, ancestors, spans }: Past,
  distanceBias: Tensor | null,
): Tensor {
  const { heads, dHead } = config.decoder
  const width = heads * dHead
  const qkv = queryKeyValue(p, x, config, config.decoder)
  writeCache(p, { x: qkv.slice(width, 3 * width), slots, cache })
  const [k, v] = cache.columns(2)
  const relative = distances(p, config, config.decoder)
  const inputs = { q: qkv.slice(0, width), k, v, ancestors, spans, ...relative, distanceBias }
  const [z] = cachedAttention(p, inputs, { heads, scale: scaleOf(config, config.decoder), traced: p.tracing })
  return projected(p, z, residual, config)
}

/**
 * Encoder-decoder attention, paper 3.2.3: queries of the decoder attend to `memory` [rows, 2 · heads · dHead], the source's keys and
 * values.
 */
export function crossAttention(
  p: Program,
  x: Tensor,
  residual: Tensor | null,
  config: ModelConfig,
  memory: Tensor,
  { queries, keys }: Spans,
): Tensor {
  const { heads, dHead } = config.decoder
  const q = linearLayer(p, 'query', x, heads * dHead, config)
  const [k, v] = memory.columns(2)
  const z = attend(p, { q, k, v, queries, keys }, config, config.decoder, false)
  return projected(p, z, residual, config)
}

/** What the heads have found, through Wᴼ where the model has it. z [rows, heads · dHead] → [rows, dModel]. */
function projected(p: Program, z: Tensor, residual: Tensor | null, config: ModelConfig): Tensor {
  const { attentionProjection = true } = config
  if (attentionProjection) return linearLayer(p, 'output', z, config.dModel, config, { residual })
  return residual ? dropped(p, z, residual) : z
}

/** Queries, keys and values side by side, from one product: x [rows, dModel] → [rows, 3 · heads · dHead]. */
function queryKeyValue(p: Program, x: Tensor, config: ModelConfig, { heads, dHead }: StackConfig): Tensor {
  return linearLayer(p, 'queryKeyValue', x, 3 * heads * dHead, config, { parts: ['query', 'key', 'value'] })
}

/** Keys and values side by side: states of the encoder [S, dModel] → [S, 2 · heads · dHead]. */
export function keyValue(p: Program, states: Tensor, config: ModelConfig): Tensor {
  const { heads, dHead } = config.decoder
  return linearLayer(p, 'keyValue', states, 2 * heads * dHead, config, { parts: ['key', 'value'] })
}

/**
 * The tables that the distance of query and key adds to keys and values of every head, Shaw et al. 2018, 3.2: [2 clip + 1, dHead] each,
 * where the model has them.
 */
function distances(p: Program, { positions }: ModelConfig, { dHead }: StackConfig) {
  if (positions.kind !== 'relative') return {}
  const declaration = { rows: 2 * positions.clip + 1, width: dHead, role: 'distances' } as const
  const table = (name: string) => p.within(name, () => p.parameter('weight', declaration))
  return { relativeKeys: table('relativeKeys'), relativeValues: table('relativeValues') }
}

/**
 * What the bucket of a distance adds to the scores of each head, T5's (Raffel et al. 2020, 2.1), where the model has it: one table for all
 * layers of the stack whose path is open. buckets [2 furthest + 1, 1] → [2 furthest + 1, heads].
 */
export function distanceBias(
  p: Program,
  buckets: Tensor | null,
  config: ModelConfig,
  stack: StackConfig,
): Tensor | null {
  const { positions } = config
  if (positions.kind !== 'buckets') return null
  return p.within('distanceBias', () => {
    const table = p.parameter('weight', { rows: positions.buckets, width: stack.heads, role: 'distances' })
    // Attention scales it with the products.
    return embed(p, { table, tokens: buckets! }, { scale: 1 / scaleOf(config, stack), positionOffset: 0 })[0]
  })
}

/** What scores are multiplied by, paper 3.2.1. */
export const scaleOf = ({ scaledAttention = true }: ModelConfig, { dHead }: StackConfig) =>
  scaledAttention ? dHead ** -0.5 : 1

/** Scaled dot-product attention, paper 3.2.1, with dropout of its weights in training. */
function attend(
  p: Program,
  inputs: Spans & { q: Tensor; k: Tensor; v: Tensor; distanceBias?: Tensor | null } & ReturnType<typeof distances>,
  config: ModelConfig,
  stack: StackConfig,
  causal: boolean,
): Tensor {
  const dropout = p.training?.dropout.attention ?? 0
  const seed = dropout ? p.training!.seed : null
  const scale = scaleOf(config, stack)
  const attributes = { heads: stack.heads, scale, causal, traced: p.tracing, dropout, site: p.site }
  return attention(p, { ...inputs, seed }, attributes)[0]
}
