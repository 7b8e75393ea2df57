import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import { Drawables } from './drawable.ts'
import { Noise } from './noise.ts'
import { type Continuation, continuationsOf } from './ranking.ts'
import type { Rules } from './rules.ts'
import type { Candidates } from './search.ts'

/**
 * Draws the continuations that a step of beam search considers, without replacement, in proportion to exp(sum), and
 * ranks them by their sums.
 */
export class SampledRanking {
  readonly #drawables: Drawables
  readonly #noise: Noise
  readonly #count: number

  constructor(rules: Rules) {
    this.#drawables = new Drawables(rules)
    this.#noise = new Noise(rules)
    this.#count = continuationsOf(rules)
  }

  widthFor(): number {
    return this.#drawables.width
  }

  /** Null if the candidates are too few to decide; the caller then asks for more. */
  rank(live: readonly Hypothesis[], candidates: Candidates, firstRow: number): Continuation[] | null {
    const drawn: (Continuation & { place: number })[] = []
    for (const [row, parent] of live.entries()) {
      const drawable = this.#drawables.at(parent, candidates, firstRow + row)
      if (!drawable) return null
      const { ids, scores } = drawable
      const places = new Float64Array(scores.length)
      this.#noise.add(row, parent.length, scores, ids, places)
      for (let i = 0; i < places.length; i++)
        if (places[i] > -Infinity) drawn.push({ parent, id: ids[i], score: scores[i], place: parent.sum + places[i] })
    }
    drawn.sort((a, b) => b.place - a.place || a.id - b.id)
    return drawn.slice(0, this.#count).sort((a, b) => b.parent.sum + b.score - (a.parent.sum + a.score))
  }
}
