import { extend, type Hypothesis, startHypothesis } from './hypothesis.ts'
import type { Rules } from './processors.ts'
import { type Candidates, type Finished, finish, type Search, visitCandidates } from './search.ts'

/** Takes the best next token, until the end or the limit. */
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
    let [hypothesis] = this.live
    visitCandidates(this.#rules, hypothesis, candidates, firstRow, (id, score) => {
      hypothesis = extend(this.live[0], id, score)
      return false
    })
    const stuck = hypothesis === this.live[0] // every token is forbidden
    if (!stuck && hypothesis.id !== this.#rules.end && hypothesis.length < this.#rules.limit) this.live = [hypothesis]
    else {
      this.live = []
      this.finished = [finish(this.#rules, hypothesis)]
    }
  }
}
