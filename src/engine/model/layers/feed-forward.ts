import { hasFeedForward } from '../../../base/choices/self-attention-kind.ts'
import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { dropout } from '../../program/ops/dropout.ts'
import { gatedActivation } from '../../program/ops/gated-activation.ts'
import { gates } from '../../program/ops/gates.ts'
import { linear } from '../../program/ops/linear.ts'
import { mixture } from '../../program/ops/mixture.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { expertsOf, type FeedForwardSettings } from '../config/feed-forward-settings.ts'
import { stackKindsOf } from '../config/own-side-settings.ts'
import type { Sublayer } from './add-and-norm.ts'
import { dropped, type LinearOptions, linearLayer } from './layers.ts'

/**
 * A feed-forward sub-layer of experts, of which each token has k (Shazeer et al. 2017): y = Σ_e gate_e · scale ·
 * (activation(x W₁ₑ + b₁ₑ) W₂ₑ + b₂ₑ), with biases or without. No token is dropped. In training, gates whose softmax is over the k greatest
 * scores may be noisy, and losses are made of the routers. x [rows, dModel] → [rows, dModel].
 */
function experts(
  p: Program,
  dFeedForward: number,
  { experts: count, k, softmax, bias = false, noise: isNoisy = softmax === 'top', scale = 1 }: FeedForwardSettings,
  config: ModelConfig,
): Sublayer {
  const { dModel, activation } = config
  return (x, residual) => {
    const clean = scores(p, x, router(p, 'router', x, count))
    const noisy = isNoisy ? router(p, 'noise', x, count) : null
    const noise = p.training && noisy && p.input('experts.noise', x.rows, count)
    const deviation = noise && scores(p, x, noisy)
    const [gate, load] = gates(p, { clean, deviation, noise }, { k, overAll: softmax === 'all' })
    p.training?.routers.push({ scores: clean, gates: gate, load: noise && load })
    const [inner, innerBias] = linearsOf(p, 'inner', count, { rows: dFeedForward, width: dModel, bias })
    const [outer, outerBias] = linearsOf(p, 'outer', count, { rows: dModel, width: dFeedForward, bias })
    const [mixed] = mixture(p, { x, gates: gate, inner, outer, innerBias, outerBias }, { activation, scale, k })
    return residual || p.training?.dropout.residual ? dropped(p, mixed, residual) : mixed
  }
}

/** A row for each expert. */
const router = (p: Program, name: string, x: Tensor, experts: number): Tensor =>
  p.within(name, () => p.parameter('weight', { rows: experts, width: x.width, role: 'router' }))

/** A score of each expert for each token. x [rows, dModel] → [rows, experts]. */
const scores = (p: Program, x: Tensor, weight: Tensor): Tensor =>
  p.within('scores', () => linear(p, { x, weight }, { activation: 'none', scale: 1 })[0])

/** The matrices of all experts, one below the other, and their biases side by side; null without biases. */
function linearsOf(
  p: Program,
  name: string,
  experts: number,
  { rows, width, bias }: { rows: number; width: number; bias: boolean },
): [weight: Tensor, bias: Tensor | null] {
  return p.within(name, () => {
    const parts = Array.from({ length: experts }, (_, e) => `expert${e}.${name}`)
    const weight = p.parameter('weight', { rows: experts * rows, width, role: 'matrix', parts, areApart: true })
    return [weight, bias ? p.parameter('bias', { rows: 1, width: experts * rows, role: 'bias', parts }) : null]
  })
}

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

/**
 * The inner layer of a feed-forward network with a gated linear unit (Shazeer 2020): activation(x W) ∘ (x V), from one product; then
 * dropout (in training). x [rows, dModel] → [rows, width].
 */
export function gatedInner(
  p: Program,
  x: Tensor,
  width: number,
  config: Pick<ModelConfig, 'activation' | 'linearBias'>,
): Tensor {
  const both = linearLayer(p, 'gateInner', x, { outputs: 2 * width, parts: ['gate', 'inner'] }, config)
  return p.within('gated', () => {
    const [gate, inner] = both.columns(2)
    const [product] = gatedActivation(p, { gate, x: inner }, { activation: config.activation })
    const rate = p.training?.dropout.activation ?? 0
    return rate ? dropout(p, { x: product, seed: present(p.training).seed }, { rate, site: p.site })[0] : product
  })
}
