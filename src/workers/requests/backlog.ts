import { GlassformerError } from '../../base/errors.ts'
import { counted, whole } from '../../base/values/number-text.ts'
import { ClientShares } from './client-shares.ts'

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

/** Work that has been accepted and not answered, and its limits. Its places are shared by client, as turns are. */
export class Backlog {
  readonly #most: Amount
  readonly #texts = new ClientShares()
  readonly #characters = new ClientShares()
  /** Characters that have been answered since `#since`. */
  #answered = 0
  #since = 0
  /** Characters per millisecond; 0 before it is known. */
  #rate = 0

  constructor({ texts = Number.POSITIVE_INFINITY, characters = Number.POSITIVE_INFINITY }: Partial<Amount>) {
    this.#most = { texts, characters }
  }

  get amount(): Amount {
    return { texts: this.#texts.total, characters: this.#characters.total }
  }

  /**
   * Accepts this much work of a client.
   * @throws GlassformerError ERR_BUSY if other work is open and this would exceed a limit and the client's share of it,
   * unless it continues accepted work (`isContinuation`)
   */
  enter({ texts, characters }: Amount, { client = '', isContinuation = false } = {}): void {
    if (this.#texts.total > 0 && !isContinuation) this.#check({ texts, characters }, client)
    if (this.#texts.total === 0) this.#since = performance.now()
    this.#texts.take(client, texts)
    this.#characters.take(client, characters)
  }

  /** Removes this much answered work of a client. */
  leave({ texts, characters }: Amount, { client = '', isAnswered }: { client?: string; isAnswered: boolean }): void {
    this.#texts.giveBack(client, texts)
    this.#characters.giveBack(client, characters)
    if (isAnswered) this.#answered += characters
    const passed = performance.now() - this.#since
    if (passed < PERIOD) return
    this.#rate = this.#answered / passed
    this.#answered = 0
    this.#since += passed
  }

  #check({ texts, characters }: Amount, client: string): void {
    const most = this.#most
    const open = this.amount
    const isTooMany = !this.#texts.hasRoom(client, texts, most.texts)
    if (!isTooMany && this.#characters.hasRoom(client, characters, most.characters)) return
    const tooMany = open.texts + texts - most.texts
    const tooLong = open.characters + characters - most.characters
    const limit = isTooMany
      ? `${counted(open.texts, 'text')} of at most ${whole(most.texts)} (queueTexts)`
      : `${counted(open.characters, 'character')} of at most ${whole(most.characters)} (queueCharacters)`
    const retryAfter = this.#timeFor(Math.max(tooLong, (tooMany * open.characters) / open.texts))
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
