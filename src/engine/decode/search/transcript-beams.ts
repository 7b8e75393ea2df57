import { extend, type Hypothesis, rankOf, type TranscriptRanking } from '../hypotheses/hypothesis.ts'
import { logSumExp } from '../hypotheses/log-softmax.ts'
import { hasEnded, isCut, type Rules } from './rules.ts'
import { Noise } from './sampling-search.ts'
import type { Candidates, Finished, Search } from './search.ts'

/**
 * Sampling as openai/whisper has it: `alternatives` transcripts are drawn at the temperature, and ranked by their log-probabilities without
 * it. It needs the scores of all tokens.
 */
export class TranscriptSamples implements Search {
  readonly #rules: Rules
  readonly #ranking: TranscriptRanking
  readonly #noise: Noise
  readonly #samples: Hypothesis[]
  readonly #isOver: boolean[]
  #hasBegun = false

  constructor(rules: Rules, ranking: TranscriptRanking, start: Hypothesis) {
    this.#rules = rules
    this.#ranking = ranking
    this.#noise = new Noise(rules)
    this.#samples = new Array<Hypothesis>(rules.options.alternatives).fill(start)
    this.#isOver = this.#samples.map(() => false)
  }

  /** All tokens. */
  get width(): number {
    return 1
  }

  get live(): readonly Hypothesis[] {
    return this.#hasBegun ? this.#samples.filter((_, i) => !this.#isOver[i]) : this.#samples.slice(0, 1)
  }

  get finished(): readonly Finished[] {
    const over = this.#samples.filter((_, i) => this.#isOver[i])
    const scored = over.map((hypothesis) => ({
      hypothesis,
      score: rankOf(this.#ranking, hypothesis.sum, hypothesis.length - (hasEnded(this.#rules, hypothesis) ? 1 : 0)),
    }))
    return scored.sort((a, b) => b.score - a.score)
  }

  advance({ perRow, scores, ids }: Candidates, firstRow: number): void {
    const cold = new Float64Array(perRow)
    const sums = new Float64Array(perRow)
    let row = firstRow
    this.#samples.forEach((before, i) => {
      if (this.#isOver[i]) return
      const own = scores.subarray(row * perRow, (row + 1) * perRow)
      if (this.#hasBegun) row++
      const { temperature } = this.#rules.options
      for (let id = 0; id < perRow; id++) cold[id] = own[id] / temperature
      this.#noise.add(i, before.length, cold, ids, sums)
      let best = 0
      for (let id = 1; id < perRow; id++) if (sums[id] > sums[best]) best = id
      const isStuck = !(sums[best] > -Infinity)
      if (!isStuck) this.#samples[i] = extend(before, ids[best], own[best] - logSumExp(own))
      const after = this.#samples[i]
      this.#isOver[i] = isStuck || hasEnded(this.#rules, after) || isCut(this.#rules, after)
    })
    this.#hasBegun = true
  }
}

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
