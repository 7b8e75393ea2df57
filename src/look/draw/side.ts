/** Tokens, or words, along one side of a picture. */
export interface Side {
  /** What they are: 'source', 'target'. */
  name: string
  tokens: readonly string[]
  /** What each is called in `data-token`, `data-query` and `data-key`: 'source:3'. */
  marks: readonly string[]
}

/** A side whose marks count from 0. */
export const sideOf = (name: 'source' | 'target', tokens: readonly string[]): Side => ({
  name,
  tokens,
  marks: tokens.map((_, i) => `${name}:${i}`),
})
