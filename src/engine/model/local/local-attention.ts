import { entryOf, present } from '../../../base/present.ts'
import type { Rows, Tensor } from '../../program/instructions/tensor.ts'
import { activation } from '../../program/ops/activation.ts'
import { add } from '../../program/ops/add.ts'
import { windows } from '../../program/ops/windows.ts'
import type { Program } from '../../program/program.ts'
import { reachesOf } from '../config/attention-settings.ts'
import type { ModelConfig } from '../config/config.ts'
import type { AttentionPositions } from '../config/position-kind.ts'
import type { Sublayer } from '../layers/add-and-norm.ts'
import { type SeenKeys, type SelfAttention, selfAttention } from '../layers/attention.ts'
import { blocksOf, reachTable } from './blocks.ts'
import { endsAttention } from './ends-attention.ts'
import { globalAttention } from './global-attention.ts'

type Side = 'encoder' | 'decoder'

/**
 * Self-attention of each layer of one stack over whole sentences, in which a token sees the tokens that are near (`attention.local`); unchanged where it
 * sees them all. Called in the module of the stack, before its first layer.
 */
export function localAttention(
  p: Program,
  side: Side,
  attending: SelfAttention,
  config: ModelConfig,
): (layer: number) => SelfAttention {
  const blocks = blocksOf(config, side)
  if (!blocks) return () => attending
  if (blocks.image) {
    const near = inImages(p, side, attending, blocks.readers)
    return () => near
  }
  const { stack, positions } = attending
  const reaches = reachesOf(present(stack.attention))
  const tables = new Map(reaches.map((reach) => [reach, reachable(p, side, reach, blocks.reach, stack.heads)]))
  const near = (layer: number): AttentionPositions => ({
    ...positions,
    distances: () => {
      const { distanceBias, ...rest } = positions.distances?.() ?? {}
      const reach = entryOf(tables, reaches[layer] ?? reaches[0])
      return { ...rest, distanceBias: distanceBias ? add(p, { a: distanceBias, b: reach })[0] : reach }
    },
  })
  // A trace shows the weights of all pairs; those of tokens that are too far are 0.
  if (p.tracing && !blocks.global) return (layer) => ({ stack, positions: near(layer) })
  const input = (name: string, count: Rows, width: number) => p.input(`${side}.${name}`, count, width, 'int32')
  const queries = input('blocks', `B.${side}`, 2)
  const at = input('blockPlaces', `B.${side}`, 1)
  const seen = p.training ? copied(p, side, blocks.readers) : direct(input('blockKeys', `B.${side}`, 2))
  return (layer) => ({ stack, positions: near(layer), seen: (k, v) => ({ ...seen(k, v), queries, at }) })
}

/** Tokens see those near them in an image, in every layer and in traces too. Distances count in a line, and do not count here. */
function inImages(
  p: Program,
  side: Side,
  { stack, positions: { turned } }: SelfAttention,
  readers: number,
): SelfAttention {
  const queries = p.input(`${side}.blocks`, `B.${side}`, 2, 'int32')
  const at = p.input(`${side}.blockPlaces`, `B.${side}`, 1, 'int32')
  const seen = copied(p, side, readers)
  return { stack, positions: { turned }, seen: (k, v) => ({ ...seen(k, v), queries, at }) }
}

/** 0 for the distances that a token sees, −∞ for those beyond, [2 · furthest + 1, heads]. */
function reachable(p: Program, side: Side, reach: number, furthest: number, heads: number): Tensor {
  const bound = p.input(reachTable(side, reach), 2 * furthest + 1, heads)
  return p.within(`reach${reach}`, () => activation(p, { x: bound }, { activation: 'none' })[0])
}

type Keys = Pick<SeenKeys, 'k' | 'v' | 'keys'>

/** Blocks see rows of the keys as they lie, which overlap. */
const direct =
  (keys: Tensor) =>
  (k: Tensor, v: Tensor): Keys => ({ k, v, keys })

/** Blocks see copies of keys and values, which their gradients are added up from. */
function copied(p: Program, side: string, readers: number): (k: Tensor, v: Tensor) => Keys {
  const index = p.input(`${side}.copied`, `G.${side}`, 1, 'int32')
  const keys = p.input(`${side}.copiedKeys`, `B.${side}`, 2, 'int32')
  let inverse: Tensor | undefined
  const copies = (x: Tensor) => {
    inverse ??= p.input(`${side}.readers`, x.rows, readers, 'int32')
    return windows(p, { x, index, inverse })[0]
  }
  return (k, v) => ({ k: copies(k), v: copies(v), keys })
}

/**
 * The self-attention of each layer of an encoder: to all tokens of a sentence, to those that are near, or to these and to global tokens.
 * Called in the module of the stack, before its first layer.
 */
export function encoderAttention(
  p: Program,
  positions: AttentionPositions,
  spans: Tensor,
  config: ModelConfig,
): (layer: number) => Sublayer {
  const whole = { stack: config.encoder, positions }
  if (config.encoder.attention?.global?.kind === 'ends') return endsAttention(p, whole, config)
  const attending = localAttention(p, 'encoder', whole, config)
  if (config.encoder.attention?.global) return globalAttention(p, attending, config)
  return (layer) => selfAttention(p, attending(layer), { spans, causal: false }, config)
}
