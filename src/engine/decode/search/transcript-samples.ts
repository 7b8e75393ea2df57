import { extend, type Hypothesis, rankOf, type TranscriptRanking } from '../hypotheses/hypothesis.ts'
import { logSumExp } from '../hypotheses/log-softmax.ts'
import { Noise } from './noise.ts'
import { hasEnded, isCut, type Rules } from './rules.ts'
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
