import type { LookingBack } from '../../base/looking-back.ts'
import type { NormOrder } from '../../base/norm-order.ts'
import type { PositionKindName } from '../../base/position-kinds.ts'

/**
 * What a model computed for one sentence: plain data, the same in memory, in JSON and on the page. Tensors are named as in the listing
 * of the program (`encoder.0.selfAttention.query`); only those that were asked for are there.
 */
export interface Trace {
  format: 'glassformer-trace'
  version: 1
  model: TracedModel
  source: TracedText
  /**
   * The target that the decoder was given or chose, with the end token where there is one. `inputs` is the same, shifted right behind
   * the start: decoder row t reads inputs[t] and predicts ids[t].
   */
  target: TracedText & {
    inputs: { ids: number[]; tokens: string[] }
    finishReason: 'end' | 'length' | 'loop' | 'given'
  }
  /** By name. Rows are source tokens in the encoder and in cross-attention's keys, and target tokens in the decoder. */
  tensors: Record<string, TracedTensor>
  /** For each target token what the model thought of it; empty where steps were not asked for. */
  steps: TracedStep[]
  /** For each depth, 0 the embeddings, i behind decoder layer i − 1: what the last norm and the projection make of its states. */
  lens: { depth: number; rows: TracedDistribution[] }[]
  /** Null where it was not asked for, or the target was given. */
  beams: BeamTree | null
  /** What was changed while the model ran. */
  interventions: TracedIntervention[]
}

/** The shape of the model, as the page needs it. */
export interface TracedModel {
  name: string
  dModel: number
  encoder: TracedStack
  decoder: TracedStack
  /** How the decoder looks back at its own side; left out in older traces: masked self-attention. */
  decoderSelfAttention?: LookingBack
  activation: string
  norm: { kind: string; order: NormOrder }
  /** How positions enter the model. */
  positions: PositionKindName
  embeddingScale: number
  sourceVocabulary: number
  targetVocabulary: number
  /** How weights are stored in memory: float32, bfloat16 or int8. */
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
  /** What attention multiplies its scores by: dHead^−½, or 1 (T5). */
  scale: number
}

export interface TracedText {
  text: string
  ids: number[]
  /** A piece for each id, as the vocabulary has it ('▁Je'). */
  tokens: string[]
  /** For each token which word of the text it belongs to, from 0; −1: none, as the end. */
  words: number[]
}

/** `values` row by row, of `shape`: [rows, width], or of attention weights and scores [heads, queries, keys]. */
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
  /** The token that stands there, with its place among all (0: the most probable). */
  chosen: TracedChoice & { rank: number }
  /** Whether it was forced on the model. */
  forced: boolean
}

/** Every hypothesis that a beam search has looked at, in the order in which they came up; node 0 is the start. */
export interface BeamTree {
  beams: number
  nodes: BeamNode[]
  /** Nodes of the finished hypotheses, best first. */
  results: number[]
  /** Why the search ended. */
  stopped: string
}

export interface BeamNode {
  /** −1: none. */
  parent: number
  /** How many tokens lie behind the start; node 0: 0. */
  depth: number
  id: number
  token: string
  logProbability: number
  /** Sum of log-probabilities from the start. */
  sum: number
  /** The sum under the length penalty, by which hypotheses are compared. */
  score: number
  /** `kept`: lived on to the next step; `pruned`: fell out of the beam; `finished`: ended; `dropped`: ended, but outside of the first K. */
  state: 'kept' | 'pruned' | 'finished' | 'dropped'
}

export type TracedIntervention =
  /** The output of a head is zeros: 'decoder.1.crossAttention', head 2. */
  | { kind: 'headOff'; attention: string; head: number }
  /** A tensor's rows were replaced by given values; no rows: all of them. */
  | { kind: 'replace'; tensor: string; rows?: number[] }
  /** The token of a step was forced; the model went on from there by itself. */
  | { kind: 'force'; step: number; id: number; token: string }
