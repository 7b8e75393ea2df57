import type { Hypothesis } from './hypothesis.ts'
import { lengthPenalty } from './length-penalty.ts'
import type { Continuation } from './ranking.ts'
import { forcedId, hasEnded, type Rules } from './rules.ts'
import { type Candidates, type Finished, finish, scoreAt } from './search.ts'
import { RAISED, type Terms } from './terms.ts'

/** So many of the best continuations of each hypothesis are looked at, because all in its bank may have low sums. */
const OF_EACH = 4

/** So many finished translations suffice, where no more are asked for. */
const ENOUGH = 1

/**
 * What a beam search does for terms (dynamic beam allocation: Post & Vilar 2018, “Fast lexically constrained decoding”). The continuations of
 * a step are the best of all, and of each hypothesis the best few and the tokens with which terms begin or go on. The beam is divided among banks of
 * hypotheses that have equally many tokens of terms.
 */
export class TermSearch {
  /** How many hypotheses live. */
  readonly beams: number
  readonly #rules: Rules
  readonly #terms: Terms
  /** What comes nearest to a translation with all terms among those that ended without. */
  nearest: Hypothesis | null = null

  constructor(rules: Rules, terms: Terms) {
    this.#rules = rules
    this.#terms = terms
    const { beams } = rules.options
    this.beams = beams + Math.min(beams, terms.tokens)
  }

  /** How many next tokens of each hypothesis are asked for: those that are raised, and as many as might all be the best. */
  widthFor(): number {
    return 2 * this.beams + 2 * this.#terms.count
  }

  /** The continuations that a step looks at, best first. */
  rank(live: readonly Hypothesis[], { perRow, scores, ids }: Candidates, firstRow: number): Continuation[] {
    const forced = forcedId(this.#rules, live[0])
    const at = (parent: Hypothesis, id: number, score: number): Ranked => ({
      ...{ parent, id, score },
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

  /** Whether a hypothesis that ends is a translation; if none is, `nearest` is one. */
  mayEnd(hypothesis: Hypothesis): boolean {
    if (this.hasAll(hypothesis)) return true
    if (!this.nearest || this.#isNearer(hypothesis, this.nearest)) this.nearest = hypothesis
    return false
  }

  /**
   * Whether no live hypothesis at its present length is likely to beat the finished ones. One without all terms has still to pay for them, as
   * the best finished one has.
   */
  isDone(live: readonly Hypothesis[], finished: readonly Finished[]): boolean {
    const { alternatives, beams, earlyStopping } = this.#rules.options
    if (finished.length < Math.max(alternatives, Math.min(beams, ENOUGH))) return false
    if (earlyStopping === true) return true
    const { cost, bonus } = this.#terms.of(finished[0].hypothesis)
    const price = (cost + bonus) / lengthPenalty(this.#rules.options, this.#rules.source.length)
    const scoreOf = (hypothesis: Hypothesis) =>
      scoreAt(this.#rules, hypothesis, hypothesis.length) + (this.hasAll(hypothesis) ? 0 : price)
    return live.every((hypothesis) => scoreOf(hypothesis) <= finished.at(-1)!.score)
  }

  /** More terms count first, then that the model ended it, then the score. */
  #isNearer(a: Hypothesis, b: Hypothesis): boolean {
    const [more, ended] = [
      this.#terms.of(a).met - this.#terms.of(b).met,
      Number(hasEnded(this.#rules, a)) - Number(hasEnded(this.#rules, b)),
    ]
    return (more || ended || finish(this.#rules, a).score - finish(this.#rules, b).score) > 0
  }

  /** The hypotheses that live on, best first: of each bank its share, and then the best that are left. `going`: best first. */
  chosen(going: readonly Hypothesis[]): Hypothesis[] {
    if (going.length <= this.beams) return [...going]
    const tokens = this.#terms.tokens
    const groups = Math.min(this.beams, tokens + 1)
    const banks: Hypothesis[][] = Array.from({ length: groups }, () => [])
    for (const hypothesis of going) banks[this.#bankOf(hypothesis, groups)].push(hypothesis)
    const share = Math.floor(this.beams / groups)
    const chosen = new Set(banks.flatMap((bank) => bank.slice(0, share)))
    // What is left belongs to those that have all first, as they may end.
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

/** A continuation with the sum by which it is ranked. */
interface Ranked extends Continuation {
  place: number
}

const byPlace = (a: Ranked, b: Ranked) => b.place - a.place
