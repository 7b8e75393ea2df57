import { extend, type Hypothesis, startHypothesis } from './hypothesis.ts'
import { forcedId, type Rules } from './processors.ts'
import { type Candidates, type Finished, finish, type Search } from './search.ts'

/** Greedy search: takes the best next token, until the end or the limit. */
export class GreedySearch implements Search {
  live: Hypothesis[]
  finished: Finished[] = []
  readonly width = 1
  readonly #rules: Rules

  constructor(rules: Rules, start: number | null) {
    this.#rules = rules
    this.live = [startHypothesis(start)]
  }

  advance(candidates: Candidates, firstRow: number): void {
    const [before] = this.live
    const forced = forcedId(this.#rules, before)
    const first = firstRow * candidates.perRow
    const score = forced === null ? candidates.scores[first] : 0
    const stuck = !(score > -Infinity) // every token is forbidden
    const hypothesis = stuck ? before : extend(before, forced ?? candidates.ids[first], score)
    if (!stuck && hypothesis.id !== this.#rules.end && hypothesis.length < this.#rules.limit) this.live = [hypothesis]
    else {
      this.live = []
      this.finished = [finish(this.#rules, hypothesis)]
    }
  }
}
