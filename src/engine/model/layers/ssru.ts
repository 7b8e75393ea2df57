import { moduleOf } from '../../../base/choices/self-attention-kind.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { linear } from '../../program/ops/linear.ts'
import { ssru } from '../../program/ops/ssru.ts'
import { ssruStep } from '../../program/ops/ssru-step.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { DecoderSelfAttention } from '../config/own-side-settings.ts'
import { addAndNorm, type Sublayer } from './add-and-norm.ts'
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

/** Both products in one, and the recurrence behind them. */
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
