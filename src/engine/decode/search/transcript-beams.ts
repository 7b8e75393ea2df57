import { extend, type Hypothesis, rankOf, type TranscriptRanking } from '../hypotheses/hypothesis.ts'
import { hasEnded, isCut, type Rules } from './rules.ts'
import type { Candidates, Finished, Search } from './search.ts'

/**
 * Beam search as openai/whisper has it (decoding.py, BeamSearchDecoder): a step goes down the best continuations of all beams until K of them go
 * on; those that end above these are finished. With K × patience finished hypotheses the search is over; where it is cut with fewer than K,
 * live hypotheses count as well.
 */
export class TranscriptBeams implements Search {
  live: Hypothesis[]
  finished: Finished[] = []
  readonly #rules: Rules
  readonly #ranking: TranscriptRanking

  constructor(rules: Rules, ranking: TranscriptRanking, start: Hypothesis) {
    this.#rules = rules
    this.#ranking = ranking
    this.live = [start]
  }

  get width(): number {
    return this.#rules.options.beams + 1
  }

  advance({ perRow, scores, ids }: Candidates, firstRow: number): void {
    const { beams } = this.#rules.options
    const all: Hypothesis[] = []
    this.live.forEach((parent, r) => {
      for (let i = (firstRow + r) * perRow; i < (firstRow + r + 1) * perRow; i++)
        if (scores[i] > -Infinity) all.push(extend(parent, ids[i], scores[i]))
    })
    all.sort((a, b) => b.sum - a.sum)
    const next: Hypothesis[] = []
    const most = Math.max(1, Math.round(beams * this.#ranking.patience))
    for (const hypothesis of all) {
      if (!hasEnded(this.#rules, hypothesis)) next.push(hypothesis)
      else if (this.finished.length < most) this.finished.push({ hypothesis, score: this.#score(hypothesis, 1) })
      if (next.length === beams) break
    }
    const isOver = this.finished.length >= most || !next.length || isCut(this.#rules, next[0])
    if (!isOver) {
      this.live = next
      return
    }
    for (const hypothesis of next) {
      if (this.finished.length >= beams) break
      this.finished.push({ hypothesis, score: this.#score(hypothesis, 0) })
    }
    if (!this.finished.length) this.finished.push({ hypothesis: this.live[0], score: -Infinity })
    this.finished.sort((a, b) => b.score - a.score)
    this.live = []
  }

  #score({ sum, length }: Hypothesis, end: 0 | 1): number {
    return rankOf(this.#ranking, sum, length - end)
  }
}
