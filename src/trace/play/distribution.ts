import type { TracedChoice, TracedDistribution } from '../data/trace.ts'

/** One row of logits as a distribution: softmax over the whole vocabulary, in float64. */
export class Distribution {
  readonly #logits: Float32Array
  /** log Σ exp(logit). */
  readonly #logSum: number

  /** The logits [vocabulary]. */
  constructor(logits: Float32Array) {
    let most = -Infinity
    for (const logit of logits) if (logit > most) most = logit
    let sum = 0
    for (const logit of logits) sum += Math.exp(logit - most)
    this.#logits = logits
    this.#logSum = most + Math.log(sum)
  }

  /** −Σ p log p, in nats. */
  get entropy(): number {
    let entropy = 0
    for (const logit of this.#logits) {
      const log = logit - this.#logSum
      const p = Math.exp(log)
      if (p > 0) entropy -= p * log
    }
    return entropy
  }

  /** The `count` most probable tokens, best first; the lower id first among equals. */
  top(count: number, nameOf: (id: number) => string): TracedChoice[] {
    const best: number[] = []
    for (let id = 0; id < this.#logits.length; id++) {
      if (best.length === count && !(this.#logits[id] > this.#logits[best[count - 1]])) continue
      let at = best.length < count ? best.push(id) - 1 : count - 1
      for (; at > 0 && this.#logits[best[at - 1]] < this.#logits[id]; at--) best[at] = best[at - 1]
      best[at] = id
    }
    return best.map((id) => this.choice(id, nameOf(id)))
  }

  choice(id: number, token: string): TracedChoice {
    const logit = this.#logits[id]
    return { id, token, logit, logProbability: logit - this.#logSum }
  }

  /** The number of tokens that are more probable, or equally probable with a lower id. */
  rank(id: number): number {
    const own = this.#logits[id]
    let rank = 0
    for (let other = 0; other < this.#logits.length; other++) {
      const logit = this.#logits[other]
      if (logit > own || (logit === own && other < id)) rank++
    }
    return rank
  }

  traced(count: number, nameOf: (id: number) => string): TracedDistribution {
    return { top: this.top(count, nameOf), entropy: this.entropy }
  }
}
