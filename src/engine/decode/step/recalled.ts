/** Results of the decoder for given tokens over an encoded source. */
export interface Recalled {
  /** The scores of all ids behind each token, [tokens, vocabulary]. */
  logits: Float32Array
  /** The attention of each token to the source in each layer that was asked for, [tokens, source, heads]. */
  weights: Float32Array[]
  heads: number
  /** The states of the source. */
  states: number
}
