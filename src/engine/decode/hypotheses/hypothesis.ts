import { present } from '../../../base/present.ts'
/** A path in the tree of generated tokens, stored as its last token and the hypothesis that this token continues. */
export interface Hypothesis {
  parent: Hypothesis | null
  /** The token; −1 for the empty hypothesis of a start that is a zero vector. */
  id: number
  /** Log-probability of the token, after edits and normalization of scores. */
  score: number
  /** Sum of the scores of all generated tokens. */
  sum: number
  /** Number of generated tokens; 0 for the start and for the tokens of a prompt. */
  length: number
  /** Number of tokens after the start, including those of a prompt. */
  position: number
  /** The cache slot of this token's keys and values; −1 before the token has been through the decoder. */
  slot: number
}

/** The root of every path: the start token, with nothing generated. */
export const startHypothesis = (start: number | null): Hypothesis => ({
  parent: null,
  id: start ?? -1,
  score: 0,
  sum: 0,
  length: 0,
  position: 0,
  slot: -1,
})

/**
 * Appends the tokens of a prompt to the start, and returns each path on the way. A search continues from the last of
 * them.
 */
export function promptPaths(start: number | null, prompt: readonly number[]): Hypothesis[] {
  const paths = [startHypothesis(start)]
  for (const id of prompt) {
    const parent = paths[paths.length - 1]
    paths.push({ parent, id, score: 0, sum: 0, length: 0, position: parent.position + 1, slot: -1 })
  }
  return paths
}

export const extend = (parent: Hypothesis, id: number, score: number): Hypothesis => ({
  parent,
  id,
  score,
  sum: parent.sum + score,
  length: parent.length + 1,
  position: parent.position + 1,
  slot: -1,
})

/** The generated tokens in order, without the start and a prompt. */
export function tokensOf(hypothesis: Hypothesis): { ids: number[]; scores: number[] } {
  const ids = new Array<number>(hypothesis.length)
  const scores = new Array<number>(hypothesis.length)
  for (let h = hypothesis; h.length; h = present(h.parent)) {
    ids[h.length - 1] = h.id
    scores[h.length - 1] = h.score
  }
  return { ids, scores }
}

/** All tokens from the start on, as logits processors see them; a start that is a zero vector is left out. */
export function historyOf(hypothesis: Hypothesis): number[] {
  const history: number[] = []
  for (let h: Hypothesis | null = hypothesis; h; h = h.parent) if (h.id >= 0) history.push(h.id)
  return history.reverse()
}

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
