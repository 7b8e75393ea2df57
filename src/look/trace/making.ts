/** The stages of the scores of queries and keys: q·k, with what distances add; times the scale, dHead^−½; −∞ where a query may not look. */
export const scoreStages = ['scores', 'scaledScores', 'maskedScores'] as const
export type ScoreStage = (typeof scoreStages)[number]

/**
 * How a tensor of a trace comes about; tensors of the program are given by their names in its listing.
 * - `computed`: columns of a computed tensor, all where none are given;
 * - `product`: what a linear gives before it adds the residual;
 * - `embedding`, `positions`: one of the two that an embedding adds up;
 * - `weights`: the softmax of an attention;
 * - `inside`: what an instruction computes on its way and can write as well, the states and gates of a recurrence;
 * - `learned`: a weight of the model that tells distances or positions;
 * - `scores`: what that is the softmax of, from its queries and keys.
 */
export type Making =
  | { by: 'computed'; tensor: string; columns?: readonly [number, number] }
  | { by: 'product'; tensor: string }
  | { by: 'embedding' | 'positions'; side: Side }
  | { by: 'weights'; tensor: string; attention: AttentionParts }
  | { by: 'inside'; tensor: string; path: string }
  | { by: 'learned'; weight: string; shape: [number, number] }
  | { by: 'scores'; stage: ScoreStage; attention: AttentionParts }

export type Side = 'encoder' | 'decoder'
export type Computed = Making & { by: 'computed' }
export type Learned = Making & { by: 'learned' }

/** An attention by its module path, with where its queries, keys and values are, and what its scores are made with. */
export interface AttentionParts {
  path: string
  side: Side
  causal: boolean
  heads: number
  scale: number
  /** What the distance of query and key adds to keys and to values, as weights, and to products, as a computed tensor; null: nothing. */
  relativeKeys: Learned | null
  relativeValues: Learned | null
  distanceBias: string | null
  /** Rows of its keys belong to this side: that of its queries, but for cross-attention. */
  keySide: Side
  query: Computed
  key: Computed
  value: Computed
}
