import type { ImageSettings } from '../../engine/model/config/image-settings.ts'

/**
 * The stages of the scores of queries and keys: q·k, plus relative position terms; times the scale, dHead^−½; −∞ where
 * masked.
 */
export const scoreStages = ['scores', 'scaledScores', 'maskedScores'] as const
export type ScoreStage = (typeof scoreStages)[number]

/**
 * The origin of a trace's tensor; tensors of the program are given by their names in its listing.
 * - `computed`: columns of a computed tensor, by default all; with `factor`, rows of compressed memory of so many tokens each, at their last tokens;
 * - `product`: the output of a linear before the residual is added;
 * - `embedding`, `positions`: one of the two summands of an embedding;
 * - `weights`: the softmax of an attention;
 * - `globalWeights`: that of attention to near tokens and to global tokens, of which it has the tokens, or the sums of blocks;
 * - `inside`: an intermediate result that an instruction can write as well, the states and gates of a recurrence;
 * - `learned`: a weight of the model for distances or positions;
 * - `scores`: the input of that softmax, from its queries and keys.
 */
export type TensorOrigin =
  | { by: 'computed'; tensor: string; columns?: readonly [number, number]; factor?: number }
  | { by: 'product'; tensor: string }
  | { by: 'embedding' | 'positions'; side: Side }
  | { by: 'weights'; tensor: string; attention: AttentionParts }
  | { by: 'globalWeights'; of: 'tokens' | 'sums'; attention: GlobalAttentionParts }
  | { by: 'inside'; tensor: string; path: string }
  | { by: 'learned'; weight: string; shape: [number, number] }
  | { by: 'scores'; stage: ScoreStage; attention: AttentionParts }

export type Side = 'encoder' | 'decoder'
export type Computed = TensorOrigin & { by: 'computed' }
export type Learned = TensorOrigin & { by: 'learned' }

/**
 * An attention by its module path, with the tensors of its queries, keys and values, and the attributes of its scores.
 */
export interface AttentionParts {
  path: string
  side: Side
  causal: boolean
  heads: number
  scale: number
  /** The tokens of each row of compressed memory, which are its keys; null: keys are tokens. */
  factor: number | null
  /** The image in which queries see keys that are near; null: they see keys in a line. */
  image: ImageSettings | null
  /** The relative position terms of keys and values, as weights, and of scores, as a computed tensor; null: none. */
  relativeKeys: Learned | null
  relativeValues: Learned | null
  distanceBias: string | null
  /** The side of the keys' rows: that of the queries, except in cross-attention. */
  keySide: Side
  query: Computed
  key: Computed
  value: Computed
}

/** An attention to near tokens and to global tokens with one softmax, and the tensors of which its weights are computed. */
export interface GlobalAttentionParts
  extends Pick<AttentionParts, 'path' | 'side' | 'heads' | 'scale' | 'distanceBias'> {
  /** The tensor that the heads make. */
  made: string
  /** The tokens of each step of a query's place among side keys. */
  every: number
  sideBias: string | null
  query: Computed
  key: Computed
  value: Computed
  sideKey: Computed
  sideValue: Computed
  /** The names of the arrays that say which keys blocks see, and where queries stand among these; null: their places do not count. */
  spans: Record<'queries' | 'keys' | 'sideKeys', string> & Record<'at' | 'sideAt', string | null>
  /** First tokens see all tokens by queries and keys of their own; null: global tokens are rows beside the tokens. */
  first: { query: Computed; key: Computed } | null
}
