import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import { forcedId, type Rules } from './rules.ts'
import type { Candidates } from './search.ts'

/** A hypothesis and one more token. */
export interface Continuation {
  parent: Hypothesis
  id: number
  score: number
}

/**
 * The number of continuations that a step of beam search considers: K of them can continue even if each hypothesis ends
 * with every end id.
 */
export const continuationsOf = ({ options, ends }: Rules): number => Math.max(2, 1 + ends.length) * options.beams

/**
 * Minimum number of next tokens asked for from each of several hypotheses, unless 2K, the number that is ranked, is
 * smaller.
 */
const FEW = 64

/**
 * Ranks the best 2K continuations of K live hypotheses by their sums. One hypothesis could contribute all 2K, but
 * usually each contributes a few. A step therefore asks each hypothesis for twice as many next tokens as the largest
 * contribution of one hypothesis in the step before. The time and memory of a step then grow with K, not with its
 * square. If the tokens leave the ranking open, more are asked for.
 */
export class Ranking {
  readonly #rules: Rules
  readonly #count: number
  #asked = FEW

  constructor(rules: Rules) {
    this.#rules = rules
    this.#count = continuationsOf(rules)
  }

  /** The number of next tokens asked for from each hypothesis, if `live` hypotheses are to be ranked. */
  widthFor(live: number): number {
    return live === 1 ? this.#count : Math.min(this.#asked, this.#count)
  }

  /**
   * The best continuations, best first; among equal sums, the continuation of the better parent goes first. Tokens at
   * −∞ do not count, and a forced token is the only continuation. Null if the candidates are too few to decide; the
   * caller then asks for more.
   */
  rank(live: readonly Hypothesis[], candidates: Candidates, firstRow: number): Continuation[] | null {
    const { perRow, scores, ids } = candidates
    const forced = forcedId(this.#rules, live[0]) // all live hypotheses have the same length
    const seen = forced === null ? perRow : 1
    const scoreAt = (row: number, i: number) => (forced === null ? scores[(firstRow + row) * perRow + i] : 0)
    const places = new Int32Array(live.length)
    const sums = new Float64Array(live.length)
    const findSum = (row: number) => {
      const score = places[row] < seen ? scoreAt(row, places[row]) : -Infinity
      sums[row] = score > -Infinity ? live[row].sum + score : -Infinity
    }
    for (let row = 0; row < live.length; row++) findSum(row)

    const ranked: Continuation[] = []
    const rows = new BestFirst(sums)
    for (let row = rows.best; ranked.length < this.#count && sums[row] > -Infinity; row = rows.best) {
      const place = places[row]++
      const id = forced ?? ids[(firstRow + row) * perRow + place]
      ranked.push({ parent: live[row], id, score: scoreAt(row, place) })
      findSum(row)
      rows.bestHasChanged()
    }

    const areAllSeen = forced !== null || seen >= this.#count || seen < this.widthFor(live.length)
    const last = ranked.length === this.#count ? ranked[ranked.length - 1] : null
    const lowest = last ? last.parent.sum + last.score : -Infinity
    const isOpen = (parent: Hypothesis, row: number) => parent.sum + scoreAt(row, seen - 1) >= lowest
    if (!areAllSeen && live.some((parent, row) => scoreAt(row, seen - 1) > -Infinity && isOpen(parent, row))) {
      this.#asked = 8 * Math.max(this.#asked, seen)
      return null
    }
    if (live.length > 1) this.#asked = Math.max(FEW, 2 * places.reduce((most, place) => Math.max(most, place), 0))
    return ranked
  }
}

/** A heap of rows: the row with the highest sum is first; among equal sums, the row with the lower number. */
class BestFirst {
  readonly #sums: Float64Array
  readonly #rows: Int32Array

  constructor(sums: Float64Array) {
    this.#sums = sums
    this.#rows = Int32Array.from(sums, (_, row) => row)
    for (let i = sums.length >> 1; i >= 0; i--) this.#sink(i)
  }

  get best(): number {
    return this.#rows[0]
  }

  /** Restores the heap after the sum of the best row has become lower. */
  bestHasChanged(): void {
    this.#sink(0)
  }

  /** Moves the row at i down to its place among those at 2i + 1, 2i + 2 and below. */
  #sink(i: number): void {
    const rows = this.#rows
    const row = rows[i]
    for (let child = 2 * i + 1; child < rows.length; child = 2 * i + 1) {
      if (child + 1 < rows.length && this.#goesBefore(rows[child + 1], rows[child])) child++
      if (!this.#goesBefore(rows[child], row)) break
      rows[i] = rows[child]
      i = child
    }
    rows[i] = row
  }

  #goesBefore(a: number, b: number): boolean {
    const sums = this.#sums
    return sums[a] > sums[b] || (sums[a] === sums[b] && a < b)
  }
}
