import { moduleOf } from '../../../base/choices/self-attention-kind.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { average } from '../../program/ops/average.ts'
import { averageStep } from '../../program/ops/average-step.ts'
import { gatedSum } from '../../program/ops/gated-sum.ts'
import { linear } from '../../program/ops/linear.ts'
import { ssru } from '../../program/ops/ssru.ts'
import { ssruStep } from '../../program/ops/ssru-step.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { DecoderSelfAttention } from '../config/own-side-settings.ts'
import { addAndNorm, aroundSublayer, type Sublayer } from './add-and-norm.ts'
import { innerLinears } from './feed-forward.ts'
import { dropped, linearLayer } from './layers.ts'

/** The past of every hypothesis as a recurrence has it: states in slots, and from which of them each row goes on. */
export interface StatePast {
  /** [K, dModel] */
  cache: Tensor
  /** [R, 1]: where this step's states go. */
  slots: Tensor
  /** [R, 1]: the slot of the state before; −1: none. */
  parents: Tensor
  /** [R, 1]: how many tokens each row has read with its own. */
  lengths: Tensor
}

/**
 * The simpler simple recurrent unit (Kim et al. 2019, 3.1) inside Add & Norm: relu(c_t), with c_t = g_t ∘ c_{t−1} + (1 − g_t) ∘ W x_t and
 * the forget gate g_t = sigmoid(W_f x_t + b_f). x [rows, dModel] → [rows, dModel].
 */
export function ssruLayer(
  p: Program,
  x: Tensor,
  past: StatePast | { spans: Tensor },
  { projection = false }: DecoderSelfAttention & { kind: 'ssru' },
  config: ModelConfig,
): Tensor {
  const sublayer: Sublayer = (h, residual) => {
    const outputs = config.dModel
    if (projection) return linearLayer(p, 'output', unit(p, h, null, past), { outputs, residual }, config)
    const drops = residual && p.training?.dropout.residual
    const recurred = unit(p, h, drops ? null : residual, past)
    return drops ? dropped(p, recurred, residual) : recurred
  }
  return addAndNorm(p, moduleOf.ssru, x, sublayer, config)
}

/** Both products in one, and the recurrence after them. */
function unit(p: Program, x: Tensor, residual: Tensor | null, past: StatePast | { spans: Tensor }): Tensor {
  const { width } = x
  const both = p.within('candidateForget', () => {
    const parts = ['candidate', 'forget']
    const weight = p.parameter('weight', { rows: 2 * width, width, role: 'matrix', parts })
    return linear(p, { x, weight }, { activation: 'none', scale: 1 })[0]
  })
  const [candidate, forget] = both.columns(2)
  const forgetBias = p.within('forget', () => p.parameter('bias', { rows: 1, width, role: 'bias' }))
  const inputs = { x: candidate, forget, forgetBias, residual }
  if ('spans' in past) return ssru(p, { ...inputs, spans: past.spans }, { traced: p.tracing })[0]
  const { cache, slots, parents } = past
  return ssruStep(p, { ...inputs, cache, slots, parents })[0]
}

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
