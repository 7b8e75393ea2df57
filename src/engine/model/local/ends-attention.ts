import { GlassformerError } from '../../../base/errors.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { sideAttention } from '../../program/ops/side-attention.ts'
import { windows } from '../../program/ops/windows.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { Sublayer } from '../layers/add-and-norm.ts'
import { projected, queryKeyValue, type SelfAttention, scaleOf, weightDropout } from '../layers/attention.ts'

/**
 * Self-attention of an encoder to neighbouring blocks, and to the first and the last block of a sentence (BigBird, Zaheer et al. 2020), over
 * the spans of `bindEnds`. Called in the module of the stack, before its first layer.
 * @throws GlassformerError ERR_UNSUPPORTED where gradients are taken: training draws blocks at random
 */
export function endsAttention(p: Program, attending: SelfAttention, config: ModelConfig): () => Sublayer {
  if (p.training)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      "a model with sparse blocks (attention.global of the kind 'ends') has no gradients; its training would draw blocks at random",
    )
  const queries = p.input('encoder.blocks', 'B.encoder', 2, 'int32')
  const keys = p.input('encoder.blockKeys', 'B.encoder', 2, 'int32')
  const sideKeys = p.input('encoder.sideKeys', 'B.encoder', 2, 'int32')
  const index = p.input('encoder.sideRows', 'G.sides', 1, 'int32')
  const copied = (x: Tensor) => windows(p, { x, index })[0]
  const { stack } = attending
  return () => (x, residual) => {
    const [q, k, v] = queryKeyValue(p, x, attending, config).columns(3)
    const { seed, ...dropping } = weightDropout(p)
    const inputs = { q, k, v, queries, keys, sideK: copied(k), sideV: copied(v), sideKeys, seed }
    const attributes = { heads: stack.heads, scale: scaleOf(config, stack), every: 1, ...dropping }
    return projected(p, sideAttention(p, inputs, attributes)[0], residual, config)
  }
}
