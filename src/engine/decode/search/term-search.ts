import { lastOf } from '../../../base/present.ts'
import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import { lengthPenalty } from './length-penalty.ts'
import type { Continuation } from './ranking.ts'
import { forcedId, hasEnded, type Rules } from './rules.ts'
import { type Candidates, type Finished, finish, scoreAt } from './search.ts'
import { RAISED, type Terms } from './terms.ts'

/**
 * The number of best continuations of each hypothesis that are considered, because all hypotheses in its bank may have
 * low sums.
 */
const OF_EACH = 4

/** The number of finished translations that suffice, if no more are asked for. */
const ENOUGH = 1

/**
 * Beam search with required terms (dynamic beam allocation: Post & Vilar 2018, “Fast lexically constrained decoding”).
 * The continuations of a step are the best overall, and for each hypothesis its best few and the tokens that begin or
 * continue a term. The beam is divided among banks: hypotheses that have equally many tokens of terms.
 */
export class TermSearch {
  /** The number of live hypotheses. */
  readonly beams: number
  readonly #rules: Rules
  readonly #terms: Terms
  /** The finished hypothesis that comes nearest to a translation with all terms. */
  nearest: Hypothesis | null = null

  constructor(rules: Rules, terms: Terms) {
    this.#rules = rules
    this.#terms = terms
    const { beams } = rules.options
    this.beams = beams + Math.min(beams, terms.tokens)
  }

  /**
   * The number of next tokens asked for from each hypothesis: the raised tokens, and as many as might all be the best.
   */
  widthFor(): number {
    return 2 * this.beams + 2 * this.#terms.count
  }

  /** The continuations that a step considers, best first. */
  rank(live: readonly Hypothesis[], { perRow, scores, ids }: Candidates, firstRow: number): Continuation[] {
    const forced = forcedId(this.#rules, live[0])
    const at = (parent: Hypothesis, id: number, score: number): Ranked => ({
      parent,
      id,
      score,
      place: parent.sum + score + this.#terms.of(parent).bonus + this.#terms.bonusOf(parent, id, score),
    })
    if (forced !== null) return live.map((parent) => at(parent, forced, 0)).sort(byPlace)
    const looked: Ranked[] = []
    const others: Ranked[] = []
    live.forEach((parent, row) => {
      const { next } = this.#terms.of(parent)
      const first = (firstRow + row) * perRow
      let seen = 0
      for (let i = first; i < first + perRow && scores[i] > -Infinity; i++) {
        if (next.has(ids[i])) looked.push(at(parent, ids[i], scores[i] - RAISED))
        else (seen++ < OF_EACH ? looked : others).push(at(parent, ids[i], scores[i]))
      }
    })
    others.sort(byPlace)
    return [...looked, ...others.slice(0, 2 * this.beams)].sort(byPlace)
  }

  hasAll(hypothesis: Hypothesis): boolean {
    return this.#terms.isMet(hypothesis)
  }

  /** Whether a hypothesis that ends is a valid translation. If none is, `nearest` is used. */
  mayEnd(hypothesis: Hypothesis): boolean {
    if (this.hasAll(hypothesis)) return true
    if (!this.nearest || this.#isNearer(hypothesis, this.nearest)) this.nearest = hypothesis
    return false
  }

  /**
   * Whether no live hypothesis at its present length is likely to beat the finished ones. The cost of missing terms is
   * estimated as what the best finished hypothesis paid.
   */
  isDone(live: readonly Hypothesis[], finished: readonly Finished[]): boolean {
    const { alternatives, beams, earlyStopping } = this.#rules.options
    if (finished.length < Math.max(alternatives, Math.min(beams, ENOUGH))) return false
    if (earlyStopping === true) return true
    const { cost, bonus } = this.#terms.of(finished[0].hypothesis)
    const price = (cost + bonus) / lengthPenalty(this.#rules.options, this.#rules.source.length)
    const scoreOf = (hypothesis: Hypothesis) =>
      scoreAt(this.#rules, hypothesis, hypothesis.length) + (this.hasAll(hypothesis) ? 0 : price)
    return live.every((hypothesis) => scoreOf(hypothesis) <= lastOf(finished).score)
  }

  /** Order of preference: more terms, then an end chosen by the model, then the score. */
  #isNearer(a: Hypothesis, b: Hypothesis): boolean {
    const [more, ended] = [
      this.#terms.of(a).met - this.#terms.of(b).met,
      Number(hasEnded(this.#rules, a)) - Number(hasEnded(this.#rules, b)),
    ]
    return (more || ended || finish(this.#rules, a).score - finish(this.#rules, b).score) > 0
  }

  /**
   * The hypotheses that survive, best first: each bank's share, and then the best of the rest. `going` is sorted, best
   * first.
   */
  chosen(going: readonly Hypothesis[]): Hypothesis[] {
    if (going.length <= this.beams) return [...going]
    const tokens = this.#terms.tokens
    const groups = Math.min(this.beams, tokens + 1)
    const banks: Hypothesis[][] = Array.from({ length: groups }, () => [])
    for (const hypothesis of going) banks[this.#bankOf(hypothesis, groups)].push(hypothesis)
    const share = Math.floor(this.beams / groups)
    const chosen = new Set(banks.flatMap((bank) => bank.slice(0, share)))
    // The remainder goes first to hypotheses with all terms, because they may end.
    for (const hypothesis of [...banks[groups - 1].slice(0, share + (this.beams % groups)), ...going]) {
      if (chosen.size === this.beams) break
      chosen.add(hypothesis)
    }
    return going.filter((hypothesis) => chosen.has(hypothesis))
  }

  #bankOf(hypothesis: Hypothesis, groups: number): number {
    if (this.#terms.isMet(hypothesis)) return groups - 1
    const { tokens } = this.#terms.of(hypothesis)
    return Math.min(groups - 2, Math.ceil((tokens * (groups - 1)) / this.#terms.tokens))
  }
}

/** A continuation and the sum by which it is ranked. */
interface Ranked extends Continuation {
  place: number
}

const byPlace = (a: Ranked, b: Ranked) => b.place - a.place
