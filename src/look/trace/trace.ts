import type { LookingBack } from '../../base/looking-back.ts'
import type { NormOrder } from '../../base/norm-order.ts'
import type { PositionKindName } from '../../base/position-kinds.ts'

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
  /** The changes to the model's computation. */
  interventions: TracedIntervention[]
}

/** The shape of the model, as the page needs it. */
export interface TracedModel {
  name: string
  dModel: number
  encoder: TracedStack
  decoder: TracedStack
  /** The module by which the encoder looks at its own side; absent: self-attention. */
  encoderSelfAttention?: LookingBack
  /**
   * The module by which the decoder attends to its own earlier positions; absent in older traces, which means masked
   * self-attention.
   */
  decoderSelfAttention?: LookingBack
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

export interface TracedStack {
  layers: number
  heads: number
  dHead: number
  dFeedForward: number
  /** Experts, of which each token has k, in place of one feed-forward network; absent where there is one. */
  experts?: { count: number; k: number }
  /** Local attention: a token sees the tokens of its own side that are fewer than so many away; absent where it sees them all. */
  local?: number
  /** The factor of attention scores: dHead^−½, or 1 (T5). */
  scale: number
}

export interface TracedText {
  text: string
  ids: number[]
  /** The piece of each id in the vocabulary's spelling ('▁Je'). */
  tokens: string[]
  /** The index of each token's word in the text, from 0; −1: none, as for the end. */
  words: number[]
}

/**
 * `values` are row by row, of shape `shape`: [rows, width], or for attention weights and scores [heads, queries, keys].
 */
export interface TracedTensor {
  shape: number[]
  values: Float32Array
}

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

export type TracedIntervention =
  /** The output of a head was replaced by zeros: 'decoder.1.crossAttention', head 2. */
  | { kind: 'headOff'; attention: string; head: number }
  /** A tensor's rows were replaced by given values; without rows: all of them. */
  | { kind: 'replace'; tensor: string; rows?: number[] }
  /** The token of a step was forced; the model continued from there. */
  | { kind: 'force'; step: number; id: number; token: string }
