import { extend, type Hypothesis } from '../hypotheses/hypothesis.ts'
import { forcedId, hasEnded, isCut, type Rules } from './rules.ts'
import { type Candidates, type Finished, finish, finishLooped, type Search } from './search.ts'
import { REPEATS, type SearchObserver } from './search-observer.ts'

/** Greedy search: takes the best next token, until the end or the limit. */
export class GreedySearch implements Search {
  live: Hypothesis[]
  finished: Finished[] = []
  readonly width = 1
  readonly #rules: Rules
  readonly #observer: SearchObserver | undefined

  /** `start` is the hypothesis to continue: the start token, or the end of a prompt. */
  constructor(rules: Rules, start: Hypothesis, observer?: SearchObserver) {
    this.#rules = rules
    this.#observer = observer
    this.live = [start]
  }

  advance(candidates: Candidates, firstRow: number): void {
    const [before] = this.live
    const forced = forcedId(this.#rules, before)
    const first = firstRow * candidates.perRow
    const score = forced === null ? candidates.scores[first] : 0
    const stuck = !(score > -Infinity) // every token is forbidden
    const hypothesis = stuck ? before : extend(before, forced ?? candidates.ids[first], score)
    const beforeLoop = stuck ? null : (this.#rules.loops?.cut(hypothesis) ?? null)
    if (beforeLoop) return this.#endLoop(hypothesis, beforeLoop)
    const ended = !stuck && hasEnded(this.#rules, hypothesis)
    const isOver = stuck || ended || isCut(this.#rules, hypothesis)
    this.#observer?.saw(hypothesis, isOver ? 'finished' : 'kept')
    this.live = isOver ? [] : [hypothesis]
    if (!isOver) return
    this.finished = [finish(this.#rules, hypothesis)]
    this.#observer?.stopped(
      stuck ? 'no token is allowed' : ended ? 'the end is the best next token' : 'the target has its greatest length',
      this.finished,
    )
  }
  #endLoop(hypothesis: Hypothesis, before: Hypothesis): void {
    this.#observer?.saw(hypothesis, 'pruned')
    this.live = []
    this.finished = [finishLooped(this.#rules, before)]
    this.#observer?.stopped(REPEATS, this.finished)
  }
}
