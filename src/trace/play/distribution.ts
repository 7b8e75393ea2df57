import { hasTopNorm } from '../../base/choices/norm-order.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import { norm } from '../../engine/model/layers/layers.ts'
import { projection } from '../../engine/model/stack/decoder.ts'
import { LoadedProgram } from '../../engine/program/loaded.ts'
import { Program } from '../../engine/program/program.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { TracedChoice, TracedDistribution } from '../data/trace.ts'

/** The number of logit rows in memory at once. */
const ROWS = 32

/**
 * The logit lens (nostalgebraist 2020): the logits that the decoder's last norm, where the model has one, and the
 * output projection compute from the states of earlier layers.
 */
export class LogitLens {
  readonly #program: LoadedProgram
  readonly #vocabulary: number
  readonly #dModel: number

  constructor(player: Player, weights: Weights) {
    const { config } = weights
    const p = new Program('lens', weights)
    const states = p.input('states', 'T', config.dModel)
    const normed = hasTopNorm(config.norm.order) ? p.within('decoder', () => norm(p, 'norm', states, config)) : states
    p.output(projection(p, normed, config), 'logits')
    this.#program = new LoadedProgram(player, p)
    this.#vocabulary = config.targetVocabulary
    this.#dModel = config.dModel
  }

  /** Calls `row` with the logits of each row of states [rows, dModel] in turn; the next row may reuse their memory. */
  through(states: Float32Array, row: (logits: Float32Array) => void): void {
    const count = states.length / this.#dModel
    const logits = new Float32Array(Math.min(ROWS, count) * this.#vocabulary)
    for (let first = 0; first < count; first += ROWS) {
      const T = Math.min(ROWS, count - first)
      const some = states.subarray(first * this.#dModel, (first + T) * this.#dModel)
      this.#program.play({ T }, { states: some, logits: logits.subarray(0, T * this.#vocabulary) })
      for (let r = 0; r < T; r++) row(logits.subarray(r * this.#vocabulary, (r + 1) * this.#vocabulary))
    }
  }
}

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
