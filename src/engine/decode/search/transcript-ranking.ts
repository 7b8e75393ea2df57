/** How hypotheses of a transcript are ranked and how many of them a search waits for. */
export interface TranscriptRanking {
  /** The search waits for beams × patience finished hypotheses (Kasai et al. 2022). */
  patience: number
  /** α of ((5 + n) / 6)^α, by which sums of log-probabilities are divided; null: by n, the tokens without the end. */
  lengthPenalty: number | null
}

/** The score by which transcripts are ranked. */
export function rankOf({ lengthPenalty }: TranscriptRanking, sum: number, tokens: number): number {
  return sum / (lengthPenalty === null ? Math.max(1, tokens) : ((5 + tokens) / 6) ** lengthPenalty)
}
