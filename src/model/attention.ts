import { attention, cachedAttention } from '../program/ops/attention.ts'
import { writeCache } from '../program/ops/write-cache.ts'
import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import type { ModelConfig, StackConfig } from './config.ts'
import { linearLayer } from './layers.ts'

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
  residual: Tensor,
  config: ModelConfig,
  stack: StackConfig,
  { spans, causal }: { spans: Tensor; causal: boolean },
): Tensor {
  const [q, k, v] = queryKeyValue(p, x, config, stack).columns(3)
  const z = attend(p, { q, k, v, queries: spans, keys: spans, ...distances(p, config, stack) }, stack, causal)
  return linearLayer(p, 'output', z, config.dModel, config, { residual })
}

/** Causal self-attention of one new token for each row over the keys and values of its past. x [R, dModel] → [R, dModel]. */
export function stepAttention(
  p: Program,
  x: Tensor,
  residual: Tensor,
  config: ModelConfig,
  { cache, slots, ancestors, spans }: Past,
): Tensor {
  const { heads, dHead } = config.decoder
  const width = heads * dHead
  const qkv = queryKeyValue(p, x, config, config.decoder)
  writeCache(p, { x: qkv.slice(width, 3 * width), slots, cache })
  const [k, v] = cache.columns(2)
  const inputs = { q: qkv.slice(0, width), k, v, ancestors, spans, ...distances(p, config, config.decoder) }
  const [z] = cachedAttention(p, inputs, { heads, scale: dHead ** -0.5, traced: p.tracing })
  return linearLayer(p, 'output', z, config.dModel, config, { residual })
}

/**
 * Encoder-decoder attention, paper 3.2.3: queries of the decoder attend to `memory` [rows, 2 · heads · dHead], the source's keys and
 * values.
 */
export function crossAttention(
  p: Program,
  x: Tensor,
  residual: Tensor,
  config: ModelConfig,
  memory: Tensor,
  { queries, keys }: Spans,
): Tensor {
  const { heads, dHead } = config.decoder
  const q = linearLayer(p, 'query', x, heads * dHead, config)
  const [k, v] = memory.columns(2)
  const z = attend(p, { q, k, v, queries, keys }, config.decoder, false)
  return linearLayer(p, 'output', z, config.dModel, config, { residual })
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

/** Scaled dot-product attention, paper 3.2.1, with dropout of its weights in training. */
function attend(
  p: Program,
  inputs: Spans & { q: Tensor; k: Tensor; v: Tensor } & ReturnType<typeof distances>,
  { heads, dHead }: StackConfig,
  causal: boolean,
): Tensor {
  const dropout = p.training?.dropout.attention ?? 0
  const seed = dropout ? p.training!.seed : null
  const attributes = { heads, scale: dHead ** -0.5, causal, traced: p.tracing, dropout, site: p.site }
  return attention(p, { ...inputs, seed }, attributes)[0]
}
