import { dropout } from '../program/ops/dropout.ts'
import { gatedActivation } from '../program/ops/gated-activation.ts'
import { linear } from '../program/ops/linear.ts'
import { layerNorm, rmsNorm } from '../program/ops/norm.ts'
import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import type { ModelConfig, StackConfig } from './config.ts'

/** Further options of a linear layer: see `linearLayer`. */
interface LinearOptions {
  activation?: ModelConfig['activation'] | 'none'
  residual?: Tensor
  /** Modules with the same inputs, whose weights are stored separately and played here as one weight, with their outputs side by side. */
  parts?: readonly string[]
}

/**
 * A linear layer named `name`: W x + b, then activation and dropout (in training), then the residual. x [rows, in] → [rows, outputs].
 */
export function linearLayer(
  p: Program,
  name: string,
  x: Tensor,
  outputs: number,
  { linearBias }: ModelConfig,
  { activation = 'none', residual, parts }: LinearOptions = {},
): Tensor {
  return p.within(name, () => {
    const weight = p.parameter('weight', { rows: outputs, width: x.width, role: 'matrix', parts })
    const bias = linearBias ? p.parameter('bias', { rows: 1, width: outputs, role: 'bias', parts }) : null
    const rate = p.training?.dropout[residual ? 'residual' : 'activation'] ?? 0
    const drops = rate > 0 && (residual !== undefined || activation !== 'none')
    const fused = drops ? null : residual
    const [y] = linear(p, { x, weight, bias, residual: fused }, { activation, scale: 1 })
    return drops ? dropout(p, { x: y, seed: p.training!.seed, residual }, { rate, site: p.site })[0] : y
  })
}

/** The norm named `name` over each row. x [rows, dModel] → [rows, dModel]. */
export function norm(p: Program, name: string, x: Tensor, { norm: { kind, epsilon }, dModel }: ModelConfig): Tensor {
  return p.within(name, () => {
    const gamma = p.parameter('weight', { rows: 1, width: dModel, role: 'gain' })
    if (kind === 'rmsNorm') return rmsNorm(p, { x, gamma }, { epsilon })[0]
    return layerNorm(
      p,
      { x, gamma, beta: p.parameter('bias', { rows: 1, width: dModel, role: 'bias' }) },
      { epsilon },
    )[0]
  })
}

/**
 * Add & Norm around a sub-layer, paper 3.1: post-norm Norm(x + f(x)), pre-norm x + f(Norm(x)). The sub-layer adds the residual in the
 * epilogue of its last product.
 */
export function addAndNorm(
  p: Program,
  name: string,
  x: Tensor,
  config: ModelConfig,
  sublayer: (x: Tensor, residual: Tensor) => Tensor,
): Tensor {
  if (config.norm.order === 'pre') {
    const normed = norm(p, `${name}Norm`, x, config)
    return p.within(name, () => sublayer(normed, x))
  }
  const added = p.within(name, () => sublayer(x, x))
  return norm(p, `${name}Norm`, added, config)
}

/** Position-wise feed-forward network, paper 3.3: activation(x W₁ + b₁) W₂ + b₂, or gated. x [rows, dModel] → [rows, dModel]. */
export function feedForward(p: Program, x: Tensor, residual: Tensor, config: ModelConfig, stack: StackConfig): Tensor {
  const { activation, gated } = config
  const inner = gated
    ? gatedInner(p, x, config, stack)
    : linearLayer(p, 'inner', x, stack.dFeedForward, config, { activation })
  return linearLayer(p, 'outer', inner, config.dModel, config, { residual })
}

/** activation(x W) ∘ (x V), Shazeer 2020, from one product; then dropout (in training). x [rows, dModel] → [rows, dFeedForward]. */
function gatedInner(p: Program, x: Tensor, config: ModelConfig, { dFeedForward }: StackConfig): Tensor {
  const both = linearLayer(p, 'gateInner', x, 2 * dFeedForward, config, { parts: ['gate', 'inner'] })
  return p.within('gated', () => {
    const [gate, inner] = both.columns(2)
    const [gated] = gatedActivation(p, { gate, x: inner }, { activation: config.activation })
    const rate = p.training?.dropout.activation ?? 0
    return rate ? dropout(p, { x: gated, seed: p.training!.seed }, { rate, site: p.site })[0] : gated
  })
}
