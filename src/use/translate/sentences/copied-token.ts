/** An unknown token that has been replaced: its place among the ids, and that of the source's token. */
export interface CopiedToken {
  target: number
  source: number
}
