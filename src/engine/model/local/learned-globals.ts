import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { embed } from '../../program/ops/embed.ts'
import { sideAttention } from '../../program/ops/side-attention.ts'
import type { Program } from '../../program/program.ts'
import type { LearnedSettings } from '../config/attention-settings.ts'
import type { ModelConfig } from '../config/config.ts'
import { addAndNorm } from '../layers/add-and-norm.ts'
import { projected, queryKeyValue, type SelfAttention, scaleOf, weightDropout } from '../layers/attention.ts'
import { feedForward } from '../layers/feed-forward.ts'
import { norm } from '../layers/layers.ts'

/**
 * The layers of an encoder with learned global tokens (Pegasus-X, Phang et al. 2022), over the spans of `bindLearned`: a token sees the
 * global tokens of its sentence, which have states of their own, and then its block; a global token sees these and all tokens of the
 * sentence. Both share the weights of a layer but for the norm in front of attention. x [S, dModel], sentences at `spans` → [S, dModel].
 */
export function encoderWithLearned(
  p: Program,
  x: Tensor,
  { spans, ...settings }: LearnedSettings & { spans: Tensor },
  config: ModelConfig,
): Tensor {
  const { encoder: stack, dModel } = config
  const cutAt = (name: string) => ({
    queries: p.input(`encoder.${name}`, `B.${name}`, 2, 'int32'),
    sideKeys: p.input(`encoder.${name}.globals`, `B.${name}`, 2, 'int32'),
  })
  const cuts = [cutAt('blocks'), ...(settings.staggered && stack.layers > 1 ? [cutAt('staggered')] : [])]
  const globals = p.input('encoder.globals', 'B', 2, 'int32')
  const tokens = p.input('encoder.globalTokens', 'G.globals', 1, 'int32')
  let global = p.within('globals', () => {
    const table = p.parameter('weight', { rows: settings.tokens, width: dModel, role: 'positions' })
    return embed(p, { table, tokens }, { scale: 1, positionOffset: 0 })[0]
  })
  const attending: SelfAttention = { stack, positions: {} }
  for (let i = 0; i < stack.layers; i++)
    x = p.within(`${i}`, () => {
      const feed = present(feedForward(p, 'encoder', i, config))
      const normed = norm(p, 'globalNorm', global, config)
      const { queries, sideKeys } = cuts[i % cuts.length]
      // The last layer's global tokens are read by nobody.
      const reads = i + 1 < stack.layers
      let ofGlobals: Tensor | undefined
      const around = addAndNorm(
        p,
        'selfAttention',
        x,
        (local, residual) => {
          const [q, k, v] = queryKeyValue(p, local, attending, config).columns(3)
          const [globalQ, sideK, sideV] = queryKeyValue(p, normed, attending, config).columns(3)
          const { seed, dropout } = weightDropout(p)
          const attributes = { heads: stack.heads, scale: scaleOf(config, stack), every: 1, dropout }
          const inputs = { k, v, sideK, sideV, seed }
          const own = { ...inputs, q, queries, keys: queries, sideKeys }
          const [z] = sideAttention(p, own, { ...attributes, site: p.site })
          const whole = { ...inputs, q: globalQ, queries: globals, keys: spans, sideKeys: globals }
          const made = projected(p, z, residual, config)
          if (!reads) return made
          const [globalZ] = sideAttention(p, whole, { ...attributes, site: p.site })
          ofGlobals = projected(p, globalZ, global, config)
          return made
        },
        config,
      )
      if (reads) global = addAndNorm(p, 'feedForward', present(ofGlobals), feed, config)
      return addAndNorm(p, 'feedForward', around, feed, config)
    })
  return x
}
