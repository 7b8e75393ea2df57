import { present } from '../../../base/present.ts'
import { extend, type Hypothesis } from '../hypotheses/hypothesis.ts'
import { logSumExp } from '../hypotheses/log-softmax.ts'
import { Noise } from './noise.ts'
import { hasEnded, isCut, type Rules } from './rules.ts'
import { type Drawable, SamplingCandidates } from './sampling-candidates.ts'
import { type Candidates, type Finished, finish, finishLooped, type Search } from './search.ts'

/**
 * Sampling: draws `alternatives` translations, token by token, independently. A token's score is its log-probability.
 */
export class SamplingSearch implements Search {
  readonly #rules: Rules
  readonly #drawables: SamplingCandidates
  readonly #noise: Noise
  /** The samples in order. Before the first draw, all samples are the start, which is one row. */
  readonly #samples: Hypothesis[]
  #hasBegun = false
  readonly #over: (boolean | 'looped')[]

  /** `start` is the hypothesis to continue: the start token, or the end of a prompt. */
  constructor(rules: Rules, start: Hypothesis) {
    this.#rules = rules
    this.#drawables = new SamplingCandidates(rules)
    this.#noise = new Noise(rules)
    this.#samples = new Array(rules.options.alternatives).fill(start)
    this.#over = this.#samples.map(() => false)
  }

  get width(): number {
    return this.#drawables.width
  }

  get live(): readonly Hypothesis[] {
    return this.#hasBegun ? this.#samples.filter((_, i) => !this.#over[i]) : this.#samples.slice(0, 1)
  }

  get finished(): readonly Finished[] {
    return this.#samples.flatMap((sample, i) => {
      if (!this.#over[i]) return []
      return this.#over[i] === 'looped' ? finishLooped(this.#rules, sample) : finish(this.#rules, sample)
    })
  }

  advance(candidates: Candidates, firstRow: number): void {
    const drawable = this.live.map((hypothesis, row) => this.#drawables.at(hypothesis, candidates, firstRow + row))
    if (drawable.includes(null)) return // the next step repeats this one, with more candidates
    let row = 0
    for (let i = 0; i < this.#samples.length; i++) {
      if (this.#over[i]) continue
      this.#draw(i, present(drawable[this.#hasBegun ? row++ : 0]))
    }
    this.#hasBegun = true
  }

  #draw(sample: number, { ids, scores }: Drawable): void {
    const before = this.#samples[sample]
    const sums = new Float64Array(scores.length)
    this.#noise.add(sample, before.length, scores, ids, sums)
    let best = 0
    for (let i = 1; i < sums.length; i++) if (sums[i] > sums[best]) best = i
    const isStuck = !(sums[best] > -Infinity) // every token is forbidden
    if (!isStuck) this.#samples[sample] = extend(before, ids[best], scores[best] - logSumExp(scores))
    const after = this.#samples[sample]
    const beforeLoop = isStuck ? null : this.#rules.loops?.cut(after)
    if (beforeLoop) {
      this.#samples[sample] = beforeLoop
      this.#over[sample] = 'looped'
    } else this.#over[sample] = isStuck || hasEnded(this.#rules, after) || isCut(this.#rules, after)
  }
}
