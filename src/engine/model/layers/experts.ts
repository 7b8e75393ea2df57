import type { Tensor } from '../../program/instructions/tensor.ts'
import { gates } from '../../program/ops/gates.ts'
import { linear } from '../../program/ops/linear.ts'
import { mixture } from '../../program/ops/mixture.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { FeedForwardSettings } from '../config/feed-forward-settings.ts'
import type { Sublayer } from './add-and-norm.ts'
import { dropped } from './layers.ts'

/**
 * A feed-forward sub-layer of experts, of which each token has k (Shazeer et al. 2017): y = Σ_e gate_e · activation(x W₁ₑ) W₂ₑ, without
 * biases. No token is dropped. In training, gates whose softmax is over the k greatest scores are noisy, and losses are made of the
 * routers. x [rows, dModel] → [rows, dModel].
 */
export function experts(
  p: Program,
  dFeedForward: number,
  { experts: count, k, softmax }: FeedForwardSettings,
  config: ModelConfig,
): Sublayer {
  const { dModel, activation } = config
  return (x, residual) => {
    const clean = scores(p, x, router(p, 'router', x, count))
    const noisy = softmax === 'top' ? router(p, 'noise', x, count) : null
    const noise = p.training && noisy && p.input('experts.noise', x.rows, count)
    const deviation = noise && scores(p, x, noisy)
    const [gate, load] = gates(p, { clean, deviation, noise }, { k, overAll: softmax === 'all' })
    p.training?.routers.push({ scores: clean, gates: gate, load: noise && load })
    const inner = weight(p, 'inner', count, { rows: dFeedForward, width: dModel })
    const outer = weight(p, 'outer', count, { rows: dModel, width: dFeedForward })
    const [mixed] = mixture(p, { x, gates: gate, inner, outer }, { activation, scale: 1, k })
    return residual || p.training?.dropout.residual ? dropped(p, mixed, residual) : mixed
  }
}

/** A row for each expert. */
const router = (p: Program, name: string, x: Tensor, experts: number): Tensor =>
  p.within(name, () => p.parameter('weight', { rows: experts, width: x.width, role: 'router' }))

/** A score of each expert for each token. x [rows, dModel] → [rows, experts]. */
const scores = (p: Program, x: Tensor, weight: Tensor): Tensor =>
  p.within('scores', () => linear(p, { x, weight }, { activation: 'none', scale: 1 })[0])

/** The matrices of all experts, one below the other. */
const weight = (p: Program, name: string, experts: number, { rows, width }: { rows: number; width: number }): Tensor =>
  p.within(name, () => {
    const parts = Array.from({ length: experts }, (_, e) => `expert${e}.${name}`)
    return p.parameter('weight', { rows: experts * rows, width, role: 'matrix', parts, areApart: true })
  })
