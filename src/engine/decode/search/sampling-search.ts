import { present } from '../../../base/present.ts'
import { bits, mix, rowKey } from '../../backend/interface/random.ts'
import { extend, type Hypothesis } from '../hypotheses/hypothesis.ts'
import { logSumExp } from '../hypotheses/log-softmax.ts'
import type { Warper } from '../warpers/warper.ts'
import { keptByTopK, warpersOf } from '../warpers/warpers.ts'
import { forcedId, hasEnded, isCut, type Rules } from './rules.ts'
import { type Candidates, type Finished, finish, finishLooped, type Search } from './search.ts'

/**
 * Gumbel noise for draws by the Gumbel-max trick: the id with the highest score + noise is a draw from the softmax of
 * the scores, and the m highest are m draws without replacement, in order (Kool et al. 2019). The noise of an id
 * depends only on the seed, the source, the stream, the position and the id. A sentence therefore has the same samples
 * whatever else is in the batch, and in any order of its scores.
 */
export class Noise {
  readonly #seed: number

  constructor({ options, source }: Pick<Rules, 'options' | 'source'>) {
    const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32)
    let key = mix(mix(seed | 0) ^ (Math.floor(seed / 2 ** 32) | 0))
    for (const id of source) key = mix(key ^ (id + 1))
    this.#seed = key
  }

  /** Writes each score plus the noise of its id into `sums`. Scores of −∞ stay. */
  add(stream: number, place: number, scores: Float64Array, ids: Int32Array, sums: Float64Array): void {
    const key = rowKey(this.#seed, stream, place)
    for (let i = 0; i < scores.length; i++)
      sums[i] = scores[i] > -Infinity ? scores[i] - Math.log(-Math.log((bits(key, ids[i]) + 0.5) / 2 ** 32)) : -Infinity
  }
}

/** Next tokens that may be drawn, with their scores. */
interface Drawable {
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
