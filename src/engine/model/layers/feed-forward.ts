import { hasFeedForward } from '../../../base/choices/self-attention-kind.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { expertsOf } from '../config/feed-forward-settings.ts'
import { stackKindsOf } from '../config/own-side-settings.ts'
import type { Sublayer } from './add-and-norm.ts'
import { experts } from './experts.ts'
import { gatedInner } from './gated-inner.ts'
import { type LinearOptions, linearLayer } from './layers.ts'

/**
 * Position-wise feed-forward network of a layer, paper 3.3: activation(x W₁ + b₁) W₂ + b₂; it may be deeper, have a gate, or be a mixture of experts. x
 * [rows, dModel] → [rows, dModel]. Null where convolutions stand in its place.
 */
export function feedForward(
  p: Program,
  side: 'encoder' | 'decoder',
  layer: number,
  config: ModelConfig,
): Sublayer | null {
  if (!hasFeedForward(stackKindsOf(config), side)) return null
  const stack = config[side]
  const mixed = expertsOf(stack, layer)
  if (mixed) return experts(p, stack.dFeedForward, mixed, config)
  const { activation, gated: hasGate, dModel } = config
  const { dFeedForward: outputs, feedForwardDepth = 2 } = stack
  return (x, residual) => {
    const inner = hasGate
      ? gatedInner(p, x, outputs, config)
      : innerLinears(p, x, feedForwardDepth - 1, { outputs, activation }, config)
    return linearLayer(p, 'outer', inner, { outputs: dModel, residual }, config)
  }
}

/** The linears of a feed-forward network below its last: inner, inner2, … x [rows, in] → [rows, outputs]. */
export function innerLinears(
  p: Program,
  x: Tensor,
  count: number,
  options: LinearOptions,
  config: ModelConfig,
): Tensor {
  for (let i = 1; i <= count; i++) x = linearLayer(p, i > 1 ? `inner${i}` : 'inner', x, options, config)
  return x
}
