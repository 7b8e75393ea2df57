import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import type { Draft } from '../step/draft.ts'

/** How far from where it is expected an id of the given text is looked for. */
const WINDOW = 8

/**
 * Drafts by another translation, of the sentence as it was before it was changed for instance. A place in that translation follows what is
 * written: an id that is not there replaces one, unless it is near, which means that ids before it were left out or put in.
 */
export class GivenDraft implements Draft {
  readonly #given: readonly number[]
  /** How much of the given translation what is written has passed. */
  #place = 0
  /** How many generated ids have been compared. */
  #seen = 0

  constructor(given: readonly number[]) {
    this.#given = given
  }

  propose(hypothesis: Hypothesis, most: number): readonly number[] {
    const unseen: number[] = []
    for (let h = hypothesis; h.length > this.#seen; h = h.parent!) unseen.push(h.id)
    this.#seen = hypothesis.length
    for (const id of unseen.reverse()) this.#pass(id)
    return this.#given.slice(this.#place, this.#place + most)
  }

  #pass(id: number): void {
    const [given, expected] = [this.#given, this.#place]
    this.#place++
    for (let distance = 0; distance <= WINDOW; distance++)
      for (const place of [expected + distance, expected - distance])
        if (given[place] === id) {
          this.#place = place + 1
          return
        }
  }
}
