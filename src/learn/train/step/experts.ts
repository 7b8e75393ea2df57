import { present } from '../../../base/present.ts'
import type { TensorArray } from '../../../engine/backend/interface/backend.ts'
import { mix } from '../../../engine/backend/interface/random.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { FeedForwardSettings } from '../../../engine/model/config/feed-forward-settings.ts'
import type { Tensor } from '../../../engine/program/instructions/tensor.ts'
import { activation } from '../../../engine/program/ops/activation.ts'
import { balance } from '../../../engine/program/ops/balance.ts'
import { routerLoss } from '../../../engine/program/ops/router-loss.ts'
import type { Program, Router } from '../../../engine/program/program.ts'
import { Random } from '../state/random.ts'

/**
 * Records the losses of a model's experts, whose routers the program has: the balance of each layer, cv² of gates and loads (Shazeer et al.
 * 2017), or where gates are a softmax over all scores, for each stack the losses of Switch. Returns them with their gradients,
 * `balance.scale`.
 */
export function expertLosses(p: Program, config: ModelConfig): [loss: Tensor, gradient: Tensor][] {
  const { routers } = present(p.training)
  const losses = (['encoder', 'decoder'] as const).flatMap((side) => {
    const { feedForward } = config[side]
    const own = routers.filter(({ scores }) => scores.name.startsWith('encoder.') === (side === 'encoder'))
    if (!feedForward || !own.length) return []
    if (feedForward.softmax === 'all') return switchLosses(p, side, own, feedForward)
    return own.flatMap(({ gates, load }) => [gates, ...(load ? [load] : [])]).map((x) => balance(p, { x })[0])
  })
  if (!losses.length) return []
  const scale = p.input('balance.scale', 1, 1)
  return losses.map((loss) => [loss, scale])
}

/** The losses of Switch's routers (`routerLoss`), for the scores of all layers of a stack together, as transformers has them. */
function switchLosses(
  p: Program,
  side: 'encoder' | 'decoder',
  routers: readonly Router[],
  { experts, k, balance, zLoss: z = 0 }: FeedForwardSettings,
): Tensor[] {
  if (!balance && !z) return []
  const spans = present(p.bound.find(({ name }) => name === (side === 'encoder' ? 'sources' : 'targets')))
  const scores = p.planned(`${side}.routers`, routers[0].scores.rows, experts * routers.length)
  for (const [layer, { scores: x }] of routers.entries())
    activation.into(p, [scores.slice(layer * experts, (layer + 1) * experts)], { x }, { activation: 'none' })
  return routerLoss(p, { scores, spans }, { experts, k, balance, z })
}

/** Arrays that the program of gradients binds for experts: the noise of their scores, N(0, 1), and how much their losses count. */
export class TrainedExperts {
  readonly #noises: readonly Tensor[]
  /** The cost of a loss of experts; those of Switch have their costs in themselves. */
  readonly #cost: number

  constructor({ bound }: Program, { encoder, decoder }: ModelConfig) {
    this.#noises = bound.filter(({ name }) => name.startsWith('experts.noise'))
    const feedForward = encoder.feedForward ?? decoder.feedForward
    this.#cost = feedForward?.softmax === 'all' ? 1 : (feedForward?.balance ?? 0)
  }

  /**
   * The arrays for a batch of `rows`. Its noise follows from the seed. The losses of a batch's experts count as its tokens do: `share` is what one of
   * them counts.
   */
  arrays(rows: Readonly<Record<string, number>>, seed: number, share: number): Record<string, TensorArray> {
    const scale = { 'balance.scale': Float32Array.of(this.#cost * rows.T * share) }
    const noises = this.#noises.map(({ name, rows: symbol, width }, i): [string, Float32Array] => {
      const random = new Random(mix(seed ^ Math.imul(i + 1, 0x9e3779b9)) >>> 0)
      return [name, Float32Array.from({ length: rows[symbol as string] * width }, () => random.normal())]
    })
    return { ...scale, ...Object.fromEntries(noises) }
  }
}
