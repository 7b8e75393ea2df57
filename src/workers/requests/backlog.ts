import { GlassformerError } from '../../base/errors.ts'
import { counted, whole } from '../../base/values/number-text.ts'

/** Counts of requests by their outcome. */
export interface Outcomes {
  accepted: number
  answered: number
  /** Requests that ended with any other error. */
  failed: number
  aborted: number
  timedOut: number
  /** Requests refused with ERR_BUSY; these do not count as accepted. */
  refused: number
}

export const noOutcomes = (): Outcomes => ({
  accepted: 0,
  answered: 0,
  failed: 0,
  aborted: 0,
  timedOut: 0,
  refused: 0,
})

/** An amount of work. */
export interface Amount {
  /** Texts, or pairs. */
  texts: number
  /** Characters, or ids. */
  characters: number
}

/** Milliseconds after which the rate is measured anew. */
const PERIOD = 2000

/** Work that has been accepted and not answered, and its limits. */
export class Backlog {
  readonly #most: Amount
  #texts = 0
  #characters = 0
  /** Characters that have been answered since `#since`. */
  #answered = 0
  #since = 0
  /** Characters per millisecond; 0 before it is known. */
  #rate = 0

  constructor({ texts = Number.POSITIVE_INFINITY, characters = Number.POSITIVE_INFINITY }: Partial<Amount>) {
    this.#most = { texts, characters }
  }

  get amount(): Amount {
    return { texts: this.#texts, characters: this.#characters }
  }

  /**
   * Accepts this much work.
   * @throws GlassformerError ERR_BUSY if other work is open and this would exceed a limit, unless it continues accepted
   * work (`isContinuation`)
   */
  enter({ texts, characters }: Amount, isContinuation = false): void {
    if (this.#texts > 0 && !isContinuation) this.#check({ texts, characters })
    if (this.#texts === 0) this.#since = performance.now()
    this.#texts += texts
    this.#characters += characters
  }

  /** Removes this much answered work. */
  leave({ texts, characters }: Amount, isAnswered: boolean): void {
    this.#texts -= texts
    this.#characters -= characters
    if (isAnswered) this.#answered += characters
    const passed = performance.now() - this.#since
    if (passed < PERIOD) return
    this.#rate = this.#answered / passed
    this.#answered = 0
    this.#since += passed
  }

  #check({ texts, characters }: Amount): void {
    const most = this.#most
    const tooMany = this.#texts + texts - most.texts
    const tooLong = this.#characters + characters - most.characters
    if (tooMany <= 0 && tooLong <= 0) return
    const limit =
      tooMany > 0
        ? `${counted(this.#texts, 'text')} of at most ${whole(most.texts)} (queueTexts)`
        : `${counted(this.#characters, 'character')} of at most ${whole(most.characters)} (queueCharacters)`
    const retryAfter = this.#timeFor(Math.max(tooLong, (tooMany * this.#characters) / this.#texts))
    throw new GlassformerError(
      'ERR_BUSY',
      `the queue is full: ${limit} are open, and this call has ${counted(texts, 'text')}; ask again in about ${whole(retryAfter)} ms, or send fewer at a time`,
      { retryAfter },
    )
  }

  /** Estimated milliseconds for this many characters; a second if no rate is known. */
  #timeFor(characters: number): number {
    const rate = this.#rate || this.#answered / (performance.now() - this.#since)
    return rate > 0 ? Math.min(60_000, Math.max(50, Math.ceil(characters / rate))) : 1000
  }
}
