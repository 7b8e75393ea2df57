import { GlassformerError } from '../../../base/errors.ts'
import type { Activation } from '../config/config.ts'

/** How many distances disentangled attention tells apart (He et al. 2021), and which products it adds to scores. */
export interface Disentangled {
  /** Rows of the table are those of distances from −span to span − 1. */
  span: number
  /** Distances beyond half of it share rows by ranges that grow; 0: every distance has its own row. */
  buckets: number
  /** The longest distance that ranges reach. */
  furthest: number
  contentToPosition: boolean
  positionToContent: boolean
  /** Distances go through the projections of keys and queries (DeBERTa-v2); else through their own (DeBERTa). */
  shared: boolean
  /** The table is normalized first. */
  normed: boolean
}

/** What a model computes from its states, below its answers: rows → dense, activation → norm → outputs. */
export interface HeadConfig {
  /**
   * `pooled`: one vector for each text, which has no outputs; `classes`: outputs for each text; `tokens`: outputs for each token; `spans`:
   * two for each token, where an answer begins and ends; `vocabulary`: a score for each token of the vocabulary.
   */
  kind: 'pooled' | 'classes' | 'tokens' | 'spans' | 'vocabulary'
  /** The row of a text: its first token, or the mean of its tokens. */
  pooling: 'first' | 'mean'
  /** The activation after the first linear; null where there is none. */
  dense: Activation | 'tanh' | null
  denseBias: boolean
  /** The width after that linear. */
  width: number
  norm: boolean
  outputs: number
  /** The output matrix is the embedding. */
  tied: boolean
  outputBias: boolean
}

/** Everything that shapes an encoder without a decoder: BERT and the families that follow it. */
export interface TextEncoderConfig {
  vocabulary: number
  dModel: number
  /** The width of embeddings, from which a linear leads to dModel where the two differ (ELECTRA, ALBERT). */
  dEmbedding: number
  layers: number
  heads: number
  dHead: number
  dFeedForward: number
  activation: Activation
  /** Feed-forward networks have a gate. */
  gated: boolean
  /** `post`: Norm(x + f(x)); `pre`: x + f(Norm(x)) with a norm on top, and without the first one, which that of embeddings makes needless. */
  normOrder: 'post' | 'pre'
  epsilon: number
  linearBias: boolean
  /** Rows of the table of segments, 0 where there is none. */
  tokenTypes: number
  /** Rows of the table of positions, 0 where there is none; the first token has row `positionOffset`. */
  positionRows: number
  positionOffset: number
  /** Queries and keys are turned by the position of their token: the base of each layer. */
  rotary: readonly number[] | null
  /** A token of a layer that is not global sees the tokens at most so far away. */
  reach: number | null
  globalLayers: readonly boolean[] | null
  /** A learned number for the bucket of a distance is added to scores, of one table for all layers (MPNet). */
  distanceBuckets: { buckets: number; furthest: number } | null
  disentangled: Disentangled | null
  /** A convolution of width 3 stands beside the first layer (DeBERTa-v2). */
  convolution: Activation | 'tanh' | null
  /** All layers have the same weights (ALBERT). */
  sharedLayers: boolean
  /** The longest text in tokens. */
  maxLength: number
  /** The id that has no position of its own where positions have an offset. */
  padding: number
  head: HeadConfig | null
}

/** Sizes that no kernel takes; families check their own settings first. @throws GlassformerError ERR_MODEL_FORMAT */
export function checkTextEncoder(config: TextEncoderConfig, where: string): void {
  const { heads, dHead, dModel, rotary, layers, positionRows, positionOffset, disentangled } = config
  const refuse = (what: string): never => {
    throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: ${what}`)
  }
  if (!Number.isInteger(dHead) || dHead < 1) refuse(`${dModel} columns cannot be cut into ${heads} heads`)
  if (layers > MOST_LAYERS) refuse(`${layers} layers are more than ${MOST_LAYERS}`)
  if (rotary && dHead % 2) refuse(`rotary positions need heads of an even width, not ${dHead}`)
  if (positionRows && positionRows <= positionOffset)
    refuse(`the table of positions has ${positionRows} rows, and the first token has row ${positionOffset}`)
  if (disentangled && 2 * disentangled.span > MOST_DISTANCES)
    refuse(`${2 * disentangled.span} distances are more than ${MOST_DISTANCES}`)
}

const MOST_LAYERS = 10_000
/** As kernels have it: kMostDistances. */
const MOST_DISTANCES = 65_535
