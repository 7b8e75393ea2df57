/** The length of the first draft. */
const FIRST = 4
/** The most tokens without a draft behind drafts that were wrong. */
const LONGEST_PAUSE = 32

/**
 * How many tokens are drafted, by how many were right. A draft that was right as a whole is followed by one of twice its length; a wrong
 * token brings the length nearer to what was right. Where nothing is right, drafts stop for a while, and for twice as long each time.
 */
export class DraftLength {
  #length = FIRST
  /** Tokens that are still to be generated without a draft. */
  #waiting = 0
  #pause = 1

  get next(): number {
    return this.#waiting > 0 ? 0 : this.#length
  }

  /** A step without a draft has found a token. */
  passed(): void {
    if (this.#waiting > 0) this.#waiting--
  }

  verified(drafted: number, accepted: number): void {
    if (accepted === drafted) this.#length = Math.max(this.#length, 2 * drafted)
    else this.#length = Math.ceil((drafted + 2 * accepted) / 3) - (accepted ? 0 : 1)
    if (accepted) this.#pause = 1
    if (this.#length > 0) return
    this.#length = 1
    this.#waiting = this.#pause
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
  }
}
