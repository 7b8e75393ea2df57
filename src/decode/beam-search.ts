import { extend, type Hypothesis, startHypothesis } from './hypothesis.ts'
import { lengthPenalty } from './length-penalty.ts'
import type { Rules } from './processors.ts'
import { type Candidates, type Finished, finish, type Search, visitCandidates } from './search.ts'

/**
 * Beam search. Each step ranks the best 2K continuations of K live hypotheses by their sums; the best K that do not end go on.
 * With the `power` penalty it decides as Hugging Face's generate() does (5.24: ends count among the first K only, and
 * `earlyStopping` says when K finished ones suffice); with `gnmt` as Tensor2Tensor does (ends count among all 2K; done when the
 * best live sum at the longest length cannot beat the worst finished one).
 */
export class BeamSearch implements Search {
  live: Hypothesis[]
  finished: Finished[] = []
  readonly width: number
  readonly #rules: Rules

  constructor(rules: Rules, start: number | null) {
    this.#rules = rules
    this.live = [startHypothesis(start)]
    this.width = 2 * rules.options.beams
  }

  advance(candidates: Candidates, firstRow: number): void {
    const { end, limit } = this.#rules
    const { beams } = this.#rules.options
    const ranked = this.#rank(candidates, firstRow)
    const next: Hypothesis[] = []
    ranked.forEach((hypothesis, rank) => {
      const ends = hypothesis.id === end
      const atLimit = hypothesis.length === limit
      if (ends || (atLimit && !this.#isGnmt)) {
        if (rank < beams || this.#isGnmt) this.#keep(hypothesis)
      } else if (next.length < beams) next.push(hypothesis)
    })
    const over = !next.length || next[0].length >= limit
    if (this.#isGnmt && over && !this.finished.length) for (const hypothesis of next) this.#keep(hypothesis)
    if (!ranked.length && !this.finished.length) this.#keep(this.live[0])
    this.live = over || this.#isDone(next[0]) ? [] : next
  }

  get #isGnmt(): boolean {
    return this.#rules.options.lengthPenaltyForm === 'gnmt'
  }

  /** The best 2K continuations of all live hypotheses, best first; the better parent first on a tie. */
  #rank(candidates: Candidates, firstRow: number): Hypothesis[] {
    const best: Hypothesis[] = []
    this.live.forEach((hypothesis, i) => {
      visitCandidates(this.#rules, hypothesis, candidates, firstRow + i, (id, score) => {
        const isFull = best.length === this.width
        if (isFull && hypothesis.sum + score <= best[this.width - 1].sum) return
        const next = extend(hypothesis, id, score)
        let rank = isFull ? this.width - 1 : best.length
        for (; rank > 0 && best[rank - 1].sum < next.sum; rank--) best[rank] = best[rank - 1]
        best[rank] = next
      })
    })
    return best
  }

  /** Adds a finished hypothesis and keeps the best K. */
  #keep(hypothesis: Hypothesis): void {
    this.finished.push(finish(this.#rules, hypothesis))
    this.finished.sort((a, b) => b.score - a.score)
    this.finished.length = Math.min(this.finished.length, this.#rules.options.beams)
  }

  /** Whether no live hypothesis can be worth going on with; `best` is the best of them. */
  #isDone(best: Hypothesis): boolean {
    const { options, limit } = this.#rules
    const full = this.finished.length >= options.beams
    if (options.earlyStopping === true) return full
    if (this.#isGnmt)
      return this.finished.length > 0 && this.finished.at(-1)!.score > best.sum / lengthPenalty(options, limit)
    if (!full) return false
    const length = options.earlyStopping === 'never' && options.lengthPenalty > 0 ? limit : best.length
    return best.sum / lengthPenalty(options, length) <= this.finished.at(-1)!.score
  }
}
