import { extend, type Hypothesis, startHypothesis } from './hypothesis.ts'
import { lengthPenalty } from './length-penalty.ts'
import type { Rules } from './processors.ts'
import { type Candidates, type Finished, finish, type Search, visitCandidates } from './search.ts'

/** A hypothesis with one token more. */
interface Continuation {
  parent: Hypothesis
  id: number
  score: number
  sum: number
}

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
  /** The best continuations of this step, best first; what stands behind `#count` is used again. Most of them never go on. */
  readonly #ranked: Continuation[] = []
  #count = 0

  constructor(rules: Rules, start: number | null) {
    this.#rules = rules
    this.live = [startHypothesis(start)]
    this.width = 2 * rules.options.beams
  }

  advance(candidates: Candidates, firstRow: number): void {
    const { end, limit } = this.#rules
    const { beams } = this.#rules.options
    this.#rank(candidates, firstRow)
    const next: Hypothesis[] = []
    for (let rank = 0; rank < this.#count; rank++) {
      const { parent, id, score } = this.#ranked[rank]
      const atLimit = parent.length + 1 === limit
      if (id === end || (atLimit && !this.#isGnmt)) {
        if (rank < beams || this.#isGnmt) this.#keep(extend(parent, id, score))
      } else if (next.length < beams) next.push(extend(parent, id, score))
    }
    const over = !next.length || next[0].length >= limit
    if (this.#isGnmt && over && !this.finished.length) for (const hypothesis of next) this.#keep(hypothesis)
    if (!this.#count && !this.finished.length) this.#keep(this.live[0])
    this.live = over || this.#isDone(next[0]) ? [] : next
  }

  get #isGnmt(): boolean {
    return this.#rules.options.lengthPenaltyForm === 'gnmt'
  }

  /** Finds the best 2K continuations of all live hypotheses; the better parent first on a tie. */
  #rank(candidates: Candidates, firstRow: number): void {
    this.#count = 0
    this.live.forEach((parent, i) => {
      visitCandidates(this.#rules, parent, candidates, firstRow + i, (id, score) => this.#offer(parent, id, score))
    })
  }

  /** Ranks a continuation if it is one of the best 2K; false where it is not, and none that is worse can be. */
  #offer(parent: Hypothesis, id: number, score: number): boolean {
    const ranked = this.#ranked
    const sum = parent.sum + score
    const isFull = this.#count === this.width
    if (isFull && sum <= ranked[this.width - 1].sum) return false
    let rank = isFull ? this.width - 1 : this.#count++
    const continuation = ranked[rank] ?? { parent, id, score, sum }
    for (; rank > 0 && ranked[rank - 1].sum < sum; rank--) ranked[rank] = ranked[rank - 1]
    continuation.parent = parent
    continuation.id = id
    continuation.score = score
    continuation.sum = sum
    ranked[rank] = continuation
    return true
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
