import { normNames, operationsOf } from '../../base/norm-order.ts'
import { add } from '../program/ops/add.ts'
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
  residual?: Tensor | null
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
    const drops = rate > 0 && (!!residual || activation !== 'none')
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

/** A sub-layer of the input, which adds the residual, where it is given one, in the epilogue of its last product. */
export type Sublayer = (x: Tensor, residual: Tensor | null) => Tensor

/**
 * Add & Norm around a sub-layer, paper 3.1: post-norm Norm(x + f(x)), pre-norm x + f(Norm(x)), or as Marian's operations have it. The
 * residual is x, unless another is given.
 */
export function addAndNorm(
  p: Program,
  name: string,
  x: Tensor,
  config: ModelConfig,
  sublayer: Sublayer,
  residual: Tensor = x,
): Tensor {
  const { before, after } = operationsOf(config.norm.order)
  const names = normNames(name, config.norm.order)
  const input = operated(p, name, before, x, null, names.before, config)
  const fused = after.startsWith('da') ? 'da' : after.startsWith('a') && !p.training?.dropout.residual ? 'a' : ''
  const output = p.within(name, () => sublayer(input, fused ? residual : null))
  return operated(p, name, after.slice(fused.length), output, residual, names.after, config)
}

/** What is done on top of a stack: a norm, or Marian's operations, whose sum is that with the embeddings. */
export function onTop(p: Program, x: Tensor, embedded: Tensor, config: ModelConfig): Tensor {
  return operated(p, 'top', operationsOf(config.norm.order).top, x, embedded, 'norm', config)
}

/** Operations one after the other: n the norm of this name, a the sum with the residual, d dropout (in training). */
function operated(
  p: Program,
  name: string,
  operations: string,
  x: Tensor,
  residual: Tensor | null,
  normName: string | null,
  config: ModelConfig,
): Tensor {
  for (const operation of operations) {
    if (operation === 'n') x = norm(p, normName!, x, config)
    else if (operation === 'a') x = p.within(name, () => add(p, { a: x, b: residual! })[0])
    else x = p.within(name, () => dropped(p, x))
  }
  return x
}

/** Dropout of a sub-layer's output (in training), and the residual. */
export function dropped(p: Program, x: Tensor, residual: Tensor | null = null): Tensor {
  const rate = p.training?.dropout.residual ?? 0
  if (rate) return dropout(p, { x, seed: p.training!.seed, residual }, { rate, site: p.site })[0]
  return residual ? add(p, { a: x, b: residual })[0] : x
}

/** Position-wise feed-forward network, paper 3.3: activation(x W₁ + b₁) W₂ + b₂, deeper, or gated. x [rows, dModel] → [rows, dModel]. */
export function feedForward(
  p: Program,
  x: Tensor,
  residual: Tensor | null,
  config: ModelConfig,
  stack: StackConfig,
): Tensor {
  const { activation, gated } = config
  const { dFeedForward, feedForwardDepth = 2 } = stack
  const inner = gated
    ? gatedInner(p, x, config, stack)
    : innerLinears(p, x, dFeedForward, feedForwardDepth - 1, activation, config)
  return linearLayer(p, 'outer', inner, config.dModel, config, { residual })
}

/** The linears of a feed-forward network below its last: inner, inner2, … x [rows, in] → [rows, width]. */
export function innerLinears(
  p: Program,
  x: Tensor,
  width: number,
  count: number,
  activation: ModelConfig['activation'],
  config: ModelConfig,
): Tensor {
  for (let i = 1; i <= count; i++) x = linearLayer(p, i > 1 ? `inner${i}` : 'inner', x, width, config, { activation })
  return x
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
