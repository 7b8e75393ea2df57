import type { NormOrder } from '../../base/choices/norm-order.ts'
import type { PositionKindName } from '../../base/choices/position-kinds.ts'
import type { SelfAttentionKind } from '../../base/choices/self-attention-kind.ts'

/**
 * A model's computation for one sentence: plain data, the same in memory, in JSON and on the page. Tensors have their
 * names in the program's listing (`encoder.0.selfAttention.query`); only the requested ones are there.
 */
export interface Trace {
  format: 'glassformer-trace'
  version: 1
  model: TracedModel
  source: TracedText
  /**
   * The target that the decoder was given or chose, with the end token where there is one. `inputs` is the same,
   * shifted right after the start: decoder row t reads inputs[t] and predicts ids[t].
   */
  target: TracedText & {
    inputs: { ids: number[]; tokens: string[] }
    finishReason: 'end' | 'length' | 'loop' | 'given'
    /** The number of its first tokens that belong to the prompt of a decoder alone, whose first token is in `inputs` only; left out: none. */
    given?: number
  }
  /**
   * Tensors by name. Rows are source tokens in the encoder and in cross-attention's keys, and target tokens in the
   * decoder.
   */
  tensors: Record<string, TracedTensor>
  /** The distribution for each target token; empty where steps were not requested. */
  steps: TracedStep[]
  /**
   * For each depth (0: the embeddings; i: after decoder layer i − 1), the predictions that the last norm and the
   * projection make from its states.
   */
  lens: { depth: number; rows: TracedDistribution[] }[]
  /** Null where it was not requested, or where the target was given. */
  beams: BeamTree | null
  /** The best `alternatives` translations, best first; absent where the search was asked for one. */
  alternatives?: TracedAlternative[]
  /** Why each of some tokens was chosen; absent where it was not asked for. */
  attributions?: TracedAttribution[]
  /** The effect of replacing tensors; absent where it was not asked for. */
  sweep?: TracedSweep
  /** What numbers were computed from; absent where it was not asked for. */
  origins?: TracedOrigin[]
  /**
   * With an autoencoder: the codes of the target, each of `every` of its tokens. The target is the one
   * that was given, filled up with its end to whole codes, and `inputs` is the same.
   */
  latents?: { every: number; codes: number[] }
  /** The changes to the model's computation. */
  interventions: TracedIntervention[]
  /** The name of the low-rank adapter that was added to the model; absent where none was. */
  adapter?: string
}

/** A translation that the search has found. */
export interface TracedAlternative {
  text: string
  ids: number[]
  /** The sum of log-probabilities under the length penalty, as in a translation. */
  score: number
}

/** A token of the target vocabulary, with its logit at the step that is explained. */
export interface TracedToken {
  id: number
  token: string
  logit: number
}

/** Why one token was chosen at a step: what its logit, or its logit minus that of its rival, is made of. */
export interface TracedAttribution {
  /** The step of the decoder, from 0. */
  step: number
  token: TracedToken
  /** Null: none. */
  rival: TracedToken | null
  /** The value that is shared out: the logit, or the difference of both. */
  score: number
  /** Shares by part of the model, which add up to the score, with the deviations of norms held fixed. */
  direct?: TracedShare[]
  /** Gradient times embedding of each token of the source and of what the decoder has read. */
  gradient?: TracedTokenShares
  /**
   * Integrated gradients from zeros, of source and prefix each by itself. `baseline`: the score where the embeddings of
   * that side are zeros; the shares of a side add up to the score minus it, but for the error of the midpoint rule.
   */
  integrated?: TracedTokenShares & { baseline: { source?: number; prefix?: number } }
}

/** A share for each token; `source` is empty for a decoder alone. */
export interface TracedTokenShares {
  source: number[]
  prefix: number[]
}

/** The share of one part of the model in a logit. */
export interface TracedShare {
  /** Its module: 'decoder.1.crossAttention', 'decoder.embedding', 'output'. */
  part: string
  /** `other`: what stands in place of attention, or a tensor that an intervention wrote. */
  kind: 'head' | 'feedForward' | 'embedding' | 'positions' | 'bias' | 'other'
  /** The number of the head of an attention. */
  head?: number
  share: number
  /** A head's share by the token that it looks at; they add up to the share. */
  keys?: number[]
}

/**
 * What one number of a tensor was computed from, one instruction back.
 * - `linear`: activation(scale · Σ left · right + bias) + residual;
 * - `weightedSum`: Σ left · right, of softmax weights and values;
 * - `scores`: q · k;
 * - `scaled`, `mask`: the score before, times the scale, or −∞ where masked;
 * - `softmax`: e^(score − highest) / powers, over the scores in `left`;
 * - `norm`: (x − mean) / deviation · gain + bias, over the row in `left` (RMS norm has no mean);
 * - `sum`: the parts added up; `embedding`: a row of the table times the scale; `position`: by formula or table;
 * - `learned`: a weight;
 * - `other`: an operation that is not followed.
 */
export interface TracedOrigin {
  tensor: string
  /** [row, column], or [head, query, key]. */
  at: number[]
  value: number
  rule:
    | 'linear'
    | 'weightedSum'
    | 'scores'
    | 'scaled'
    | 'mask'
    | 'softmax'
    | 'norm'
    | 'sum'
    | 'embedding'
    | 'position'
    | 'learned'
    | 'other'
  /** The row of numbers on the left, and what each of them is multiplied with. */
  left?: TracedOriginRow
  right?: TracedOriginRow
  parts: TracedOriginPart[]
  /** The function through which the sum goes. */
  activation?: string
  /** `distance`: the terms of distances are added besides, and not followed. */
  rest?: 'distance'
}

/** Numbers in a line of a tensor, or of a weight, which has no tensor in the trace. */
export interface TracedOriginRow {
  name: string
  tensor?: string
  /** Their place; null is the index that goes on from `from`. */
  at: (number | null)[]
  from: number
  values: number[]
}

/** A single number that enters. */
export interface TracedOriginPart {
  name: string
  value: number
  tensor?: string
  at?: number[]
}

/** One number of the model, while tensors (rows) are replaced at positions or in heads (columns), one at a time. */
export interface TracedSweep {
  measure: 'logitDifference' | 'probability' | 'loss'
  /** Null for the loss, which is that of all steps. */
  step: number | null
  answer: { id: number; token: string } | null
  rival: { id: number; token: string } | null
  /** By what tensors are replaced: those of a second source, or zeros, means, noise. */
  by: 'second' | 'zero' | 'mean' | 'noise'
  second: TracedText | null
  /** The row of the second source for each row of the first; null: none. Empty without a second source. */
  aligned: (number | null)[]
  rows: string[]
  columns: { kind: 'position'; side: 'source' | 'target'; tokens: string[] } | { kind: 'head'; heads: number }
  /** The number without a change. */
  plain: number
  /** The number of the second source as a whole. */
  other: number | null
  /** The number of each row and column; null: no row of the second source is aligned with this one. */
  values: (number | null)[][]
}

/** The shape of the model, as the page needs it. */
export interface TracedModel {
  name: string
  dModel: number
  encoder: TracedStack
  decoder: TracedStack
  /** The module by which the encoder looks at its own side; absent: self-attention. */
  encoderSelfAttention?: SelfAttentionKind
  /**
   * The module by which the decoder attends to its own earlier positions; absent in older traces, which means masked
   * self-attention.
   */
  decoderSelfAttention?: SelfAttentionKind
  activation: string
  norm: { kind: string; order: NormOrder }
  /** The kind of positions. */
  positions: PositionKindName
  embeddingScale: number
  sourceVocabulary: number
  targetVocabulary: number
  /** The precision of weights in memory: float32, bfloat16 or int8. */
  precision: string
  backend: 'native' | 'wasm' | 'js'
  parameters: number
  maxLength: number
}

/** The shape of an encoder or a decoder. */
export interface TracedStack {
  layers: number
  heads: number
  dHead: number
  dFeedForward: number
  /** Experts, of which each token has k, in place of one feed-forward network, in all layers or in these; absent where there is one. */
  experts?: { count: number; k: number; layers?: readonly number[] }
  /** Local attention: a token sees the tokens of its own side that are fewer than so many away; absent where it sees them all. */
  local?: number
  /** Local attention in two dimensions: tokens are an image in order of generation, block after block; sizes are [height, width]. */
  image?: TracedImage
  /** Layers that attend to compressed memory in place of near tokens, a row for each `factor` tokens; absent where none does. */
  compressed?: { factor: number; layers: number[] }
  /** The factor of attention scores: dHead^−½, or 1 (T5). */
  scale: number
}

/** An image in order of generation: blocks in raster order, tokens of a block in raster order; a token sees its block and the flange of it. */
export interface TracedImage {
  image: readonly [number, number]
  block: readonly [number, number]
  flange: readonly [number, number]
}

/** A text of a trace: its tokens, their ids and their words. */
export interface TracedText {
  text: string
  ids: number[]
  /** The piece of each id in the vocabulary's spelling ('▁Je'). */
  tokens: string[]
  /** The index of each token's word in the text, from 0; −1: none, as for the end. */
  words: number[]
  /** A source of real numbers: the place of its first row among the tokens, and the numbers of all rows, end to end; left out: none. */
  rows?: { first: number; width: number; values: number[] }
}

/**
 * `values` are row by row, of shape `shape`: [rows, width], or for attention weights and scores [heads, queries, keys].
 */
export interface TracedTensor {
  shape: number[]
  values: Float32Array
}

/** A token of the vocabulary in one step, with its logit and its probability. */
export interface TracedChoice {
  id: number
  token: string
  logit: number
  /** Natural logarithm of the probability after softmax over the whole vocabulary. */
  logProbability: number
}

/** A distribution over the vocabulary: its most probable tokens, best first, and its entropy in nats. */
export interface TracedDistribution {
  top: TracedChoice[]
  entropy: number
}

/** One step of the decoder: its distribution, and the token that was chosen. */
export interface TracedStep extends TracedDistribution {
  /** The chosen token, with its rank among all (0: the most probable). */
  chosen: TracedChoice & { rank: number }
  /** Whether it was forced. */
  forced: boolean
  /** The token that was drafted for this step, and whether the search chose it too; left out: none was. */
  draft?: { id: number; token: string; isAccepted: boolean }
}

/** Every hypothesis of a beam search, in the order of creation; node 0 is the start. */
export interface BeamTree {
  beams: number
  nodes: BeamNode[]
  /** The nodes of the finished hypotheses, best first. */
  results: number[]
  /** The reason why the search ended. */
  stopped: string
}

/** A hypothesis of a beam search: the one before it, and the token that it adds. */
export interface BeamNode {
  /** −1: none. */
  parent: number
  /** The number of tokens after the start; node 0: 0. */
  depth: number
  id: number
  token: string
  logProbability: number
  /** Sum of log-probabilities from the start. */
  sum: number
  /** The sum with the length penalty applied, by which hypotheses are compared. */
  score: number
  /**
   * `kept`: continued to the next step; `pruned`: outside the beam; `finished`: ended; `dropped`: ended, but outside
   * the first K.
   */
  state: 'kept' | 'pruned' | 'finished' | 'dropped'
}

/** A change that was made to the computation of a trace. */
export type TracedIntervention =
  /** The output of a head was replaced by zeros: 'decoder.1.crossAttention', head 2. */
  | { kind: 'headOff'; attention: string; head: number }
  /** A tensor's rows were replaced by given values; without rows: all of them. */
  | { kind: 'replace'; tensor: string; rows?: number[] }
  /** A tensor's rows were replaced by zeros, their mean, or noise. */
  | { kind: 'ablate'; tensor: string; rows?: number[]; with: 'zero' | 'mean' | 'noise' }
  /** A function was called with a tensor. */
  | { kind: 'apply'; tensor: string }
  /** The token of a step was forced; the model continued from there. */
  | { kind: 'force'; step: number; id: number; token: string }
