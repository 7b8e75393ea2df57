import type { Tensor } from '../../program/instructions/tensor.ts'
import { cachedAttention } from '../../program/ops/cached-attention.ts'
import { writeCache } from '../../program/ops/write-cache.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { Sublayer } from './add-and-norm.ts'
import { projected, queryKeyValue, type SelfAttention, scaleOf } from './attention.ts'

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

/** Causal self-attention of one new token for each row over the keys and values of its past. x [R, dModel] → [R, dModel]. */
export function stepAttention(
  p: Program,
  { stack, positions }: SelfAttention,
  { cache, slots, ancestors, spans }: Past,
  config: ModelConfig,
): Sublayer {
  return (x, residual) => {
    const { heads, dHead } = stack
    const width = heads * dHead
    const qkv = queryKeyValue(p, x, { stack, positions }, config)
    writeCache(p, { x: qkv.slice(width, 3 * width), slots, cache })
    const [k, v] = cache.columns(2)
    const inputs = { q: qkv.slice(0, width), k, v, ancestors, spans, ...positions.distances?.() }
    const [z] = cachedAttention(p, inputs, { heads, scale: scaleOf(config, stack), traced: p.tracing })
    return projected(p, z, residual, config)
  }
}
