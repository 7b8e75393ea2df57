import { lastOf } from '../../../base/present.ts'
import { extend, type Hypothesis } from '../hypotheses/hypothesis.ts'
import type { GenerationOptions } from '../settings/options.ts'
import { mostPenalized, penalized } from './length-penalty.ts'
import { type Continuation, continuationsOf, Ranking } from './ranking.ts'
import { hasEnded, isCut, type Rules } from './rules.ts'
import { Noise, SamplingCandidates } from './sampling-search.ts'
import { type Candidates, type Finished, finish, finishLooped, type Search } from './search.ts'
import { REPEATS, type SearchObserver } from './search-observer.ts'
import { TermSearch } from './term-search.ts'

/** Rules of a beam search for when a finished hypothesis counts and when the search is over. */
interface BeamEnding {
  /** Whether a hypothesis that ends counts, given its rank, from 0, among the continuations of a step. */
  counts(rank: number, beams: number): boolean
  /**
   * Whether a hypothesis of the greatest length counts as finished. Otherwise it counts only if there is no other
   * hypothesis.
   */
  readonly cutIsFinished: boolean
  /**
   * Whether no live hypothesis can still improve the result. Asked unless `earlyStopping` is true; `best` is the best
   * live hypothesis.
   */
  isDone(rules: Rules, best: Hypothesis, finished: readonly Finished[]): boolean
  /** The reason for `isDone`, in words. */
  reason(options: GenerationOptions): string
}

const AT_ANY_LENGTH = 'no live hypothesis can beat the worst finished one at any length'

/** The ending rules for each form of the length penalty. */
const beamEndings: Readonly<Record<GenerationOptions['lengthPenaltyForm'], BeamEnding>> = {
  /**
   * Rules of Hugging Face's generate() 5.24: finished hypotheses count among the first K, and the search needs K of
   * them.
   */
  power: {
    counts: (rank, beams) => rank < beams,
    cutIsFinished: true,
    isDone({ options, limit }, best, finished) {
      if (finished.length < options.beams) return false
      const longest = options.earlyStopping === 'never' ? limit : best.length
      return mostPenalized(options, best.sum, best.length, longest) <= lastOf(finished).score
    },
    reason: ({ earlyStopping }) =>
      earlyStopping === 'never'
        ? AT_ANY_LENGTH
        : 'no live hypothesis at its present length beats the worst finished one',
  },
  /**
   * Rules of Tensor2Tensor: finished hypotheses count among all 2K. The search is over when the worst of them beats the
   * best sum that a live hypothesis would have at the longest length.
   */
  gnmt: {
    counts: () => true,
    cutIsFinished: false,
    isDone: ({ options, limit }, best, finished) =>
      finished.length > 0 && lastOf(finished).score > penalized(options, best.sum, limit),
    reason: () => AT_ANY_LENGTH,
  },
}

/**
 * Draws the continuations that a step of beam search considers, without replacement, in proportion to exp(sum), and
 * ranks them by their sums.
 */
class SampledRanking {
  readonly #drawables: SamplingCandidates
  readonly #noise: Noise
  readonly #count: number

  constructor(rules: Rules) {
    this.#drawables = new SamplingCandidates(rules)
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

/** Chooses the continuations of live hypotheses that a step of beam search considers, the most important first. */
interface Continuing {
  widthFor(live: number): number
  rank(live: readonly Hypothesis[], candidates: Candidates, firstRow: number): Continuation[] | null
}

/**
 * Beam search. Each step ranks the best 2K continuations of K live hypotheses by their sums, and the best K that do not
 * end continue. With E > 1 end ids it ranks (1 + E) K. When it samples, it draws as many without replacement, in
 * proportion to exp(sum). `beamEndings` decides which finished hypotheses count and when the search is over. If a
 * translation must have terms, `TermSearch` decides which continuations are considered, which continue, and which may
 * end.
 */
export class BeamSearch implements Search {
  live: Hypothesis[]
  finished: Finished[] = []
  readonly #rules: Rules
  readonly #ranking: Continuing
  readonly #terms: TermSearch | null
  readonly #observer: SearchObserver | undefined

  /** `start` is the hypothesis to continue: the start token, or the end of a prompt. */
  constructor(rules: Rules, start: Hypothesis, observer?: SearchObserver) {
    this.#rules = rules
    this.#observer = observer
    this.#terms = rules.terms ? new TermSearch(rules, rules.terms) : null
    this.#ranking = this.#terms ?? (rules.options.sample ? new SampledRanking(rules) : new Ranking(rules))
    this.live = [start]
  }

  get width(): number {
    return this.#ranking.widthFor(this.live.length)
  }

  advance(candidates: Candidates, firstRow: number): void {
    const ranked = this.#ranking.rank(this.live, candidates, firstRow)
    if (!ranked) return
    const beforeLoops: Hypothesis[] = []
    const going = this.#goingOn(ranked, beforeLoops)
    const next = this.#chosen(going, beforeLoops)
    const isCutOff = !next.length || isCut(this.#rules, next[0])
    if (!isCutOff && !this.#isDone(next)) {
      this.live = next
      return
    }
    if (isCutOff && !this.#ending.cutIsFinished && !this.finished.length) for (const each of next) this.#keep(each)
    if (!ranked.length && !this.finished.length) this.#keep(this.live[0])
    if (this.#terms?.nearest && !this.finished.length) this.#keep(this.#terms.nearest)
    if (beforeLoops.length) this.#keepBeforeLoops(beforeLoops)
    this.#observer?.stopped(this.#reason(ranked.length, next.length), this.finished)
    this.live = []
  }

  /** Returns the continuations that do not end. Continuations that end are kept as results if they count. */
  #goingOn(ranked: readonly Continuation[], beforeLoops: Hypothesis[]): Hypothesis[] {
    const rules = this.#rules
    const going: Hypothesis[] = []
    let lacking = 0
    for (const [rank, { parent, id, score }] of ranked.entries()) {
      const hypothesis = extend(parent, id, score)
      if (hasEnded(rules, hypothesis) || (this.#ending.cutIsFinished && isCut(rules, hypothesis))) {
        if (this.#loops(hypothesis, beforeLoops)) continue
        if (this.#terms && !this.#terms.mayEnd(hypothesis)) lacking++
        else if (this.#ending.counts(rank - lacking, rules.options.beams)) this.#keep(hypothesis)
        else this.#observer?.saw(hypothesis, 'dropped')
      } else {
        going.push(hypothesis)
        if (this.#terms && !this.#terms.hasAll(hypothesis)) lacking++
      }
    }
    return going
  }

  /** The hypotheses that survive the step. */
  #chosen(going: readonly Hypothesis[], beforeLoops: Hypothesis[]): Hypothesis[] {
    if (!this.#terms) return this.#best(going, beforeLoops)
    return this.#terms.chosen(going.filter((each) => !this.#loops(each, beforeLoops)))
  }

  /** The first K hypotheses that do not repeat themselves. */
  #best(going: readonly Hypothesis[], beforeLoops: Hypothesis[]): Hypothesis[] {
    const next: Hypothesis[] = []
    for (const hypothesis of going) {
      if (next.length === this.#rules.options.beams) this.#observer?.saw(hypothesis, 'pruned')
      else if (!this.#loops(hypothesis, beforeLoops)) {
        this.#observer?.saw(hypothesis, 'kept')
        next.push(hypothesis)
      }
    }
    return next
  }

  /**
   * Whether a hypothesis repeats itself. Such a hypothesis leaves the beam, and its part before the repetition is added
   * to `before`.
   */
  #loops(hypothesis: Hypothesis, before: Hypothesis[]): boolean {
    const cut = this.#rules.loops?.cut(hypothesis)
    if (!cut) return false
    this.#observer?.saw(hypothesis, 'pruned')
    before.push(cut)
    return true
  }

  /**
   * If the search ends with fewer translations than asked for, adds the parts of its last hypotheses before they
   * repeated themselves.
   */
  #keepBeforeLoops(before: readonly Hypothesis[]): void {
    const { alternatives } = this.#rules.options
    const looped = [...new Set(before)].map((hypothesis) => finishLooped(this.#rules, hypothesis))
    looped.sort((a, b) => b.score - a.score)
    this.finished.push(...looped.slice(0, Math.max(0, alternatives - this.finished.length)))
  }

  /** The reason why the search is over, in words. */
  #reason(ranked: number, next: number): string {
    const { options, limit } = this.#rules
    if (!ranked) return 'no token is allowed'
    if (this.finished[0]?.looped) return REPEATS
    if (this.live[0].length + 1 >= limit) return 'the target has its greatest length'
    if (!next) return 'every hypothesis has ended'
    if (options.earlyStopping === true) return `${options.beams} hypotheses have finished, which is enough`
    return this.#ending.reason(options)
  }

  get #ending() {
    return beamEndings[this.#rules.options.lengthPenaltyForm]
  }

  /** Adds a finished hypothesis, after others of the same score, and keeps the best K. */
  #keep(hypothesis: Hypothesis): void {
    this.#observer?.saw(hypothesis, 'finished')
    const kept = finish(this.#rules, hypothesis)
    const { finished } = this
    let [low, high] = [0, finished.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (finished[middle].score >= kept.score) low = middle + 1
      else high = middle
    }
    finished.splice(low, 0, kept)
    finished.length = Math.min(finished.length, this.#rules.options.beams)
  }

  /** Whether no live hypothesis can still improve the result; the first hypothesis is the best one. */
  #isDone(next: readonly Hypothesis[]): boolean {
    const { options } = this.#rules
    if (this.#terms) return this.#terms.isDone(next, this.finished)
    if (options.earlyStopping === true) return this.finished.length >= options.beams
    return this.#ending.isDone(this.#rules, next[0], this.finished)
  }
}
