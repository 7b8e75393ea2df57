import { present } from '../../../base/present.ts'
import type { StepCosts } from './step-costs.ts'

/** The length of the first draft. */
const FIRST = 4
/** The most tokens without a draft behind drafts that were wrong. */
const LONGEST_PAUSE = 32
/** How much of what was known of right and wrong tokens the latest draft leaves. */
const KEPT = 0.9

/** The step that a draft would make longer. */
export interface DraftedStep {
  costs: StepCosts
  /** Its rows without the draft. */
  rows: number
  /** Milliseconds that it takes to guess a token. */
  perToken: number
}

/**
 * How many tokens are drafted, by how many were right. A draft that was right as a whole is followed by one of twice its length; a wrong
 * token brings the length nearer to what was right. Where nothing is right, drafts stop for a while, and for twice as long each time. Once
 * the times of steps are known, a draft is no longer than pays: with a chance α that a token is right, γ tokens give (1 − α^(γ+1)) / (1 − α)
 * tokens a step (Leviathan et al. 2023, 3.1).
 */
export class DraftLength {
  #length = FIRST
  /** Tokens that are still to be generated without a draft. */
  #waiting = 0
  #pause = 1
  #right = FIRST
  #wrong = 1

  /** The length of the next draft in this step. */
  next(step: DraftedStep): number {
    return this.#waiting > 0 ? 0 : this.#worthwhile(step)
  }

  /** A step without a draft has found a token. */
  passed(): void {
    if (this.#waiting > 0) this.#waiting--
  }

  verified(drafted: number, accepted: number): void {
    this.#right = KEPT * this.#right + accepted
    this.#wrong = KEPT * this.#wrong + (accepted < drafted ? 1 : 0)
    if (accepted === drafted) this.#length = Math.max(this.#length, 2 * drafted)
    else this.#length = Math.ceil((drafted + 2 * accepted) / 3) - (accepted ? 0 : 1)
    if (accepted) this.#pause = 1
    if (this.#length > 0) return
    this.#length = 1
    this.#waiting = this.#pause
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
  }

  #worthwhile({ costs, rows, perToken }: DraftedStep): number {
    const most = this.#length
    const alone = costs.of(rows)
    if (alone === null) return most
    const chance = Math.min(0.995, this.#right / (this.#right + this.#wrong))
    let [best, speed] = [1, 0]
    for (let length = 1; length <= most; length++) {
      const tokens = (1 - chance ** (length + 1)) / (1 - chance)
      const own = tokens / (present(costs.of(rows + length)) + length * perToken)
      if (own > speed) [best, speed] = [length, own]
    }
    return best
  }
}
