/** A replaced unknown token: its index among the ids, and that of the source token. */
export interface CopiedToken {
  target: number
  source: number
}
