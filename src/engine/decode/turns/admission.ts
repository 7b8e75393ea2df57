import type { GenerationOptions } from '../settings/options.ts'
import { FairQueue } from './fair-queue.ts'
import { type TakesTurns, turnOf } from './turn.ts'

/** Properties of a sentence that admission depends on. */
interface Candidate extends TakesTurns {
  source: readonly number[]
  options: GenerationOptions
}

/** Part of the room that a request may fill whatever else waits. */
const SMALL = 1 / 8
/** Sentences are admitted, several at a time, once at most this part of the room is filled. */
const DRAINED = 3 / 4

/** The room that a sentence takes: its source tokens × beams. */
export const loadOf = ({ source, options }: Pick<Candidate, 'source' | 'options'>) =>
  source.length * Math.max(options.beams, options.alternatives)

/**
 * Admission of sentences to the batch. The source tokens × beams of admitted sentences are at most `room`, but one
 * sentence is always admitted. The last eighth of the room is reserved for requests that fill at most an eighth
 * themselves. A small request that comes while a large one fills the rest is therefore admitted at once.
 */
export class Admission<S extends Candidate> {
  readonly #room: number
  readonly #waiting = new FairQueue<S>(loadOf)
  #waitingTokens = 0
  #filled = 0
  /** The room that each request fills. */
  readonly #filledBy = new Map<unknown, number>()

  constructor(room: number) {
    this.#room = room
  }

  /** The number of waiting sentences. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** The source tokens of waiting sentences. */
  get waitingTokens(): number {
    return this.#waitingTokens
  }

  /** The source tokens × beams of admitted sentences. */
  get filled(): number {
    return this.#filled
  }

  add(sentence: S): void {
    this.#waiting.push(sentence)
    this.#waitingTokens += sentence.source.length
  }

  /** Removes waiting sentences for which `is` returns true. */
  drop(is: (sentence: S) => boolean): void {
    this.#waiting.drop((sentence) => {
      if (!is(sentence)) return false
      this.#waitingTokens -= sentence.source.length
      return true
    })
  }

  /** Admits the sentences that now fit, at most `most`; the caller reports each one when it leaves. */
  next(most = Number.POSITIVE_INFINITY): S[] {
    const admitted: S[] = []
    const hasDrained = this.#filled <= DRAINED * this.#room
    for (
      let next = this.#waiting.first;
      next && admitted.length < most && this.#hasRoomFor(next, hasDrained);
      next = this.#waiting.first
    ) {
      this.#waiting.take()
      this.#waitingTokens -= next.source.length
      this.#fill(next, loadOf(next))
      admitted.push(next)
    }
    return admitted
  }

  /** Admits a sentence that did not wait, because it goes on with what another leaves. */
  follow(sentence: S): void {
    this.#fill(sentence, loadOf(sentence))
  }

  leave(sentence: S): void {
    this.#fill(sentence, -loadOf(sentence))
  }

  #hasRoomFor(sentence: S, hasDrained: boolean): boolean {
    if (this.#filled === 0) return true
    const own = (this.#filledBy.get(turnOf(sentence).request) ?? 0) + loadOf(sentence)
    const isSmall = own <= SMALL * this.#room
    if (!hasDrained && !(isSmall && this.#hasLarge)) return false
    return this.#filled + loadOf(sentence) <= (isSmall ? 1 : 1 - SMALL) * this.#room
  }

  /**
   * Whether a request fills much of the room. Other requests then need not wait until several sentences fit at once.
   */
  get #hasLarge(): boolean {
    for (const filled of this.#filledBy.values()) if (filled > SMALL * this.#room) return true
    return false
  }

  #fill(sentence: S, load: number): void {
    const { request } = turnOf(sentence)
    this.#filled += load
    const filled = (this.#filledBy.get(request) ?? 0) + load
    if (filled > 0) this.#filledBy.set(request, filled)
    else this.#filledBy.delete(request)
  }
}
