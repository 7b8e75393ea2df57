import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { attention } from '../../program/ops/attention.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig, StackConfig } from '../config/config.ts'
import type { AttentionPositions, DistanceOperands } from '../config/position-kind.ts'
import type { Sublayer } from './add-and-norm.ts'
import { dropped, linearLayer } from './layers.ts'
import { promptedAttention } from './prompt.ts'

/** Which rows belong to which sentence: [begin, end) of queries and of keys. */
export interface Spans {
  queries: Tensor
  keys: Tensor
}

/** Sentences whose tokens attend to their own sentence; `causal`: to the tokens before them only. */
export interface OwnSentences {
  spans: Tensor
  causal: boolean
}

/** The source as the decoder attends to it: keys and values [rows, 2 · heads · dHead]. */
export interface Memory extends Spans {
  memory: Tensor
  /** Computes what queries are made of, where that is not the input of the sub-layer. */
  made?(x: Tensor): Tensor
}

/** The heads of a stack's self-attentions, how its positions enter them, and which keys and values they see, if not all of a sentence. */
export interface SelfAttention {
  stack: StackConfig
  positions: AttentionPositions
  seen?(k: Tensor, v: Tensor): SeenKeys
}

/** Multi-head self-attention, paper 3.2.2: Concat(head₁ … head_h) Wᴼ. x [rows, dModel] → [rows, dModel]. */
export function selfAttention(
  p: Program,
  { stack, positions, seen }: SelfAttention,
  { spans, causal }: OwnSentences,
  config: ModelConfig,
): Sublayer {
  return (x, residual) => {
    const [q, k, v] = queryKeyValue(p, x, { stack, positions }, config).columns(3)
    const keys = seen ? seen(k, v) : { k, v, queries: spans, keys: spans }
    const inputs = { q, ...keys, ...positions.distances?.() }
    return projected(p, attend(p, inputs, { stack, causal }, config), residual, config)
  }
}

/** Encoder-decoder attention, paper 3.2.3: queries of the decoder attend to the source. x [rows, dModel] → [rows, dModel]. */
export function crossAttention(p: Program, { memory, queries, keys, made }: Memory, config: ModelConfig): Sublayer {
  return (x, residual) => {
    const { decoder: stack } = config
    const q = linearLayer(p, 'query', made ? made(x) : x, { outputs: stack.heads * stack.dHead }, config)
    const [k, v] = memory.columns(2)
    return projected(p, attend(p, { q, k, v, queries, keys }, { stack, causal: false }, config), residual, config)
  }
}

/** Queries, keys and values side by side, from one product: x [rows, dModel] → [rows, 3 · heads · dHead]. */
export function queryKeyValue(p: Program, x: Tensor, { stack, positions }: SelfAttention, config: ModelConfig): Tensor {
  const outputs = 3 * stack.heads * stack.dHead
  const qkv = linearLayer(p, 'queryKeyValue', x, { outputs, parts: ['query', 'key', 'value'] }, config)
  return positions.turned ? positions.turned(qkv) : qkv
}

/** Keys and values side by side: states of the encoder [S, dModel] → [S, 2 · heads · dHead]. */
export function keyValue(p: Program, states: Tensor, config: ModelConfig): Tensor {
  const { heads, dHead } = config.decoder
  return linearLayer(p, 'keyValue', states, { outputs: 2 * heads * dHead, parts: ['key', 'value'] }, config)
}

/** The outputs of the heads, through Wᴼ where the model has it. z [rows, heads · dHead] → [rows, dModel]. */
export function projected(p: Program, z: Tensor, residual: Tensor | null, config: ModelConfig): Tensor {
  const { attentionProjection = true, dModel } = config
  if (attentionProjection) return linearLayer(p, 'output', z, { outputs: dModel, residual }, config)
  return residual ? dropped(p, z, residual) : z
}

/** The factor of scores, paper 3.2.1. */
export const scaleOf = ({ scaledAttention = true }: ModelConfig, { dHead }: StackConfig) =>
  scaledAttention ? dHead ** -0.5 : 1

/** Scaled dot-product attention, paper 3.2.1, with dropout of its weights in training. */
function attend(
  p: Program,
  inputs: Spans & DistanceOperands & { q: Tensor; k: Tensor; v: Tensor; at?: Tensor },
  { stack, causal }: { stack: StackConfig; causal: boolean },
  config: ModelConfig,
): Tensor {
  const { seed, ...dropping } = weightDropout(p)
  const attributes = { heads: stack.heads, scale: scaleOf(config, stack), causal, every: 1, traced: p.tracing }
  if (config.prompt !== undefined)
    return promptedAttention(p, { ...inputs, seed }, { ...attributes, ...dropping }, config.prompt)
  return attention(p, { ...inputs, seed }, { ...attributes, ...dropping })[0]
}

/**
 * Keys and values that queries see, where that is not their whole sentence: spans of queries and of keys, and the key at which the first
 * query of each span stands.
 */
export interface SeenKeys {
  k: Tensor
  v: Tensor
  queries: Tensor
  keys: Tensor
  at: Tensor
}

/** Dropout of attention weights (in training). */
export function weightDropout(p: Program): { seed: Tensor | null; dropout: number; site: number } {
  const dropout = p.training?.dropout.attention ?? 0
  return { seed: dropout ? present(p.training).seed : null, dropout, site: p.site }
}
