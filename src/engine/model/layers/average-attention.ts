import { moduleOf } from '../../../base/choices/self-attention-kind.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { average } from '../../program/ops/average.ts'
import { averageStep } from '../../program/ops/average-step.ts'
import { gatedSum } from '../../program/ops/gated-sum.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { DecoderSelfAttention } from '../config/own-side-settings.ts'
import { aroundSublayer, type Sublayer } from './add-and-norm.ts'
import { innerLinears } from './feed-forward.ts'
import { dropped, linearLayer } from './layers.ts'
import type { StatePast } from './ssru.ts'

/**
 * Average attention (Zhang et al. 2018, 3.1) inside Add & Norm: the mean of the inputs so far, through a feed-forward network; then, where
 * the model has the gate, sigmoid(W_i x + b_i) ∘ x + sigmoid(W_f y + b_f) ∘ y. As in Marian, what stands before a sub-layer is done to the
 * mean, not to x. x [rows, dModel] → [rows, dModel].
 */
export function averageAttention(
  p: Program,
  x: Tensor,
  past: StatePast | { spans: Tensor },
  { dFeedForward, depth, activation, gatingLayer }: DecoderSelfAttention & { kind: 'average' },
  config: ModelConfig,
): Tensor {
  const mean = p.within(moduleOf.average, () => meanSoFar(p, x, past))
  const outputs = config.dModel
  const sublayer: Sublayer = (h, residual) => {
    const inner = innerLinears(p, h, depth - 1, { outputs: dFeedForward, activation }, config)
    const y = inner.width === outputs ? inner : linearLayer(p, 'outer', inner, { outputs }, config)
    const made = gatingLayer ? gateOf(p, x, y, config) : y
    return residual ? dropped(p, made, residual) : made
  }
  return aroundSublayer(p, moduleOf.average, { x: mean, residual: x }, sublayer, config)
}

function meanSoFar(p: Program, x: Tensor, past: StatePast | { spans: Tensor }): Tensor {
  if ('spans' in past) return average(p, { x, spans: past.spans })[0]
  const { cache, slots, parents, lengths } = past
  return averageStep(p, { x, cache, slots, parents, lengths })[0]
}

function gateOf(p: Program, x: Tensor, y: Tensor, config: ModelConfig): Tensor {
  const gateA = linearLayer(p, 'inputGate', x, { outputs: config.dModel }, config)
  const gateB = linearLayer(p, 'forgetGate', y, { outputs: config.dModel }, config)
  return gatedSum(p, { gateA, a: x, gateB, b: y })[0]
}
