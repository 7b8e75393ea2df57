import { present } from '../../../base/present.ts'
import type { Rows, Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import { attention } from '../../program/ops/attention.ts'
import { embed } from '../../program/ops/embed.ts'
import { fold } from '../../program/ops/fold.ts'
import { sideAttention } from '../../program/ops/side-attention.ts'
import { windows } from '../../program/ops/windows.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { Sublayer } from '../layers/add-and-norm.ts'
import { projected, queryKeyValue, type SelfAttention, scaleOf, weightDropout } from '../layers/attention.ts'
import { linearLayer, norm } from '../layers/layers.ts'

/** The side keys and values of a layer, and what each distance from them adds to scores. */
interface Sides {
  sideK: Tensor
  sideV: Tensor
  sideBias?: Tensor
}

/** The part of a kind of global tokens in each layer; these functions are called in the layer's module. */
interface GlobalTokens {
  /** Tokens for each step of the place among side keys. */
  every: number
  sides(x: Tensor, k: Tensor, v: Tensor): Sides
  /** Adds the attention of global tokens themselves to the rows of z. */
  own?(x: Tensor, z: Tensor): Tensor
}

/**
 * Self-attention of an encoder to near tokens and to global tokens, with one softmax. Called in the module of the stack, before its first
 * layer.
 */
export function globalAttention(
  p: Program,
  attending: (layer: number) => SelfAttention,
  config: ModelConfig,
): (layer: number) => Sublayer {
  const { heads } = config.encoder
  const input = (name: string, rows: Rows, width: number) => p.input(`encoder.${name}`, rows, width, 'int32')
  const sideKeys = input('sideKeys', 'B.encoder', 2)
  const sideAt = input('sidePlaces', 'B.encoder', 1)
  const global = present(present(config.encoder.attention).global)
  const size = global.kind === 'blocks' ? global.size : null
  const tokens = size === null ? firstTokens(p, input, config) : sumsOfBlocks(p, input, size, config)
  return (layer) => (x, residual) => {
    const { stack, positions, seen } = attending(layer)
    const [q, k, v] = queryKeyValue(p, x, { stack, positions }, config).columns(3)
    const { seed, ...dropping } = weightDropout(p)
    const inputs = {
      q,
      ...present(seen)(k, v),
      ...tokens.sides(x, k, v),
      sideKeys,
      sideAt,
      ...positions.distances?.(),
      seed,
    }
    const [z] = sideAttention(p, inputs, { heads, scale: scaleOf(config, stack), every: tokens.every, ...dropping })
    return projected(p, tokens.own ? tokens.own(x, z) : z, residual, config)
  }
}

type Input = (name: string, rows: Rows, width: number) => Tensor

/** The first token of each sentence (Longformer, Beltagy et al. 2020): it sees all tokens, by linears of its own. */
function firstTokens(p: Program, input: Input, config: ModelConfig): GlobalTokens {
  const { heads, dHead } = config.encoder
  const width = heads * dHead
  const firsts = input('firsts', 'B.firsts', 1)
  const queries = input('firstSpans', 'B.firsts', 2)
  const keys = input('firstKeys', 'B.firsts', 2)
  const ofFirst = input('ofFirst', 'S', 1)
  const attributes = { heads, scale: scaleOf(config, config.encoder), causal: false, every: 1, traced: false }
  return {
    every: 1,
    sides: (_, sideK, sideV) => ({ sideK, sideV }),
    own: (x, z) =>
      p.within('first', () => {
        const { seed, ...dropping } = weightDropout(p)
        const [first] = windows(p, { x, index: firsts, inverse: ofFirst })
        const q = linearLayer(p, 'query', first, { outputs: width }, config)
        const [k, v] = linearLayer(p, 'keyValue', x, { outputs: 2 * width, parts: ['key', 'value'] }, config).columns(2)
        const [made] = attention(p, { q, k, v, queries, keys, seed }, { ...attributes, ...dropping })
        return add(p, { a: z, b: fold(p, { x: made, inverse: ofFirst, index: firsts }, { taps: 1 })[0] })[0]
      }),
  }
}

/** The sums of blocks of tokens (LongT5's transient global tokens, Guo et al. 2021, 3.2). */
function sumsOfBlocks(p: Program, input: Input, size: number, config: ModelConfig): GlobalTokens {
  const { positions, encoder } = config
  const inverse = input('summed', 'G.sums', 2 * size - 1)
  const index = p.training ? input('sumOf', 'S', 1) : null
  const sideBias = positions.kind === 'buckets' ? bias(p, input, positions, config) : undefined
  return {
    every: size,
    sides(x) {
      const [sums] = fold(p, { x, inverse, index }, { taps: 1 })
      const normed = norm(p, 'sums', sums, config)
      const whole = queryKeyValue(p, normed, { stack: encoder, positions: {} }, config)
      const [, sideK, sideV] = whole.columns(3)
      return { sideK, sideV, sideBias }
    },
  }
}

/** The addend to scores for the distance from a sum, by its bucket. */
function bias(
  p: Program,
  input: Input,
  { buckets, furthest }: { buckets: number; furthest: number },
  config: ModelConfig,
) {
  const tokens = input('sideBuckets', 2 * furthest + 1, 1)
  const { heads } = config.encoder
  return p.within('sideBias', () => {
    const table = p.parameter('weight', { rows: buckets, width: heads, role: 'distances' })
    return embed(p, { table, tokens }, { scale: 1 / scaleOf(config, config.encoder), positionOffset: 0 })[0]
  })
}
