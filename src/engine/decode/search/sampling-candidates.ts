import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import type { Warper } from '../warpers/warper.ts'
import { keptByTopK, warpersOf } from '../warpers/warpers.ts'
import { forcedId, type Rules } from './rules.ts'
import type { Candidates } from './search.ts'

/** Next tokens that may be drawn, with their scores. */
export interface Drawable {
  ids: Int32Array
  scores: Float64Array
}

/**
 * Turns a row's candidates into the tokens that sampling draws from. With `topK` the best candidates suffice, one more
 * than it keeps; if that one ties with the last kept, more are asked for. Without `topK` all ids are candidates.
 */
export class SamplingCandidates {
  readonly #rules: Rules
  readonly #warpers: readonly Warper[]
  readonly #kept: number | null
  #width: number

  constructor(rules: Rules) {
    this.#rules = rules
    this.#warpers = warpersOf(rules.options, rules.ends.length)
    this.#kept = keptByTopK(rules.options, rules.ends.length)
    this.#width = this.#kept === null ? Infinity : this.#kept + 1
  }

  /** The number of candidates that are asked for in each row. */
  get width(): number {
    return this.#width
  }

  /**
   * The tokens that may follow the hypothesis at `row`; null if the candidates are too few to decide, and more are then
   * asked for.
   */
  at(hypothesis: Hypothesis, { perRow, scores, ids }: Candidates, row: number): Drawable | null {
    const forced = forcedId(this.#rules, hypothesis)
    if (forced !== null) return { ids: Int32Array.of(forced), scores: Float64Array.of(0) }
    const begin = row * perRow
    const end = begin + perRow
    const lastKept = this.#kept !== null && perRow >= this.#width ? scores[begin + this.#kept - 1] : -Infinity
    if (lastKept > -Infinity && scores[end - 1] === lastKept) {
      this.#width = 2 * perRow
      return null
    }
    const ownIds = ids.length === perRow ? ids : ids.subarray(begin, end)
    const drawable = { ids: ownIds, scores: Float64Array.from(scores.subarray(begin, end)) }
    for (const warp of this.#warpers) warp(drawable.scores)
    return drawable
  }
}
