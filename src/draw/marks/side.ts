/** Tokens or words along one side of a picture. */
export interface Side {
  /** The kind of the tokens: 'source', 'target'. */
  name: string
  tokens: readonly string[]
  /** The name of each token in `data-token`, `data-query` and `data-key`: 'source:3'. */
  marks: readonly string[]
}

/** A side whose marks count from 0. */
export const sideOf = (name: 'source' | 'target', tokens: readonly string[]): Side => ({
  name,
  tokens,
  marks: tokens.map((_, i) => `${name}:${i}`),
})
