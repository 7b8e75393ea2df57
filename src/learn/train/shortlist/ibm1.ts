import { entryOf } from '../../../base/present.ts'
import { PairTable } from './pair-table.ts'

/**
 * The largest number of token pairs: beyond it, the pairs with the lowest counts are dropped. A table takes 24 to 70
 * bytes for each pair.
 */
const MOST_PAIRS = 8_000_000

/**
 * IBM model 1 (Brown et al. 1993, section 4.2): the source token that a target token translates, if every place in the
 * sentence is equally likely. `add` every pair of a corpus, then `maximize`, and begin again: each such round is a
 * round of the EM algorithm. A target token may also come from no source token, which counts as source token −2.
 */
export class Ibm1 {
  readonly #table = new PairTable()
  readonly #mostPairs: number
  /** Σ of the counts of each source token. */
  readonly #totals = new Map<number, number>()
  #rounds = 0
  /** The slots of the pairs of one target token. */
  #slots = new Int32Array(64)

  constructor(mostPairs = MOST_PAIRS) {
    this.#mostPairs = mostPairs
  }

  /** Expected counts of one sentence pair, without its ends. In the first round all translations are equally likely. */
  add(source: readonly number[], target: readonly number[]): void {
    if (this.#rounds === 0) this.#addEqually(source, target)
    else for (const token of target) this.#addExpected(source, token)
  }

  #addEqually(source: readonly number[], target: readonly number[]): void {
    const share = 1 / (source.length + 1)
    for (const to of target) {
      this.#table.add(NO_TOKEN, to, share)
      for (const from of source) this.#table.add(from, to, share)
    }
    if (this.#table.size > this.#mostPairs)
      for (let least = 0.01; this.#table.size > this.#mostPairs / 2; least *= 2) this.#table.forget(least)
  }

  #addExpected(source: readonly number[], target: number): void {
    const { probabilities, counts } = this.#table
    if (this.#slots.length <= source.length) this.#slots = new Int32Array(2 * source.length)
    let sum = 0
    for (let i = 0; i <= source.length; i++) {
      const slot = this.#table.find(i < source.length ? source[i] : NO_TOKEN, target)
      this.#slots[i] = slot
      if (slot >= 0) sum += probabilities[slot]
    }
    if (sum === 0) return
    for (let i = 0; i <= source.length; i++) {
      const slot = this.#slots[i]
      if (slot >= 0) counts[slot] += probabilities[slot] / sum
    }
  }

  /** Converts the counts to probabilities, t(target | source), and sets the counts to 0 for the next round. */
  maximize(): void {
    const { sources, probabilities, counts } = this.#table
    this.#totals.clear()
    for (let slot = 0; slot < sources.length; slot++)
      if (sources[slot] !== -1) this.#totals.set(sources[slot], (this.#totals.get(sources[slot]) ?? 0) + counts[slot])
    for (let slot = 0; slot < sources.length; slot++) {
      if (sources[slot] === -1) continue
      const total = entryOf(this.#totals, sources[slot])
      probabilities[slot] = total > 0 ? counts[slot] / total : 0
      counts[slot] = 0
    }
    this.#rounds++
  }

  /** The probability t(target | source). */
  probability(source: number | null, target: number): number {
    const slot = this.#table.find(source ?? NO_TOKEN, target)
    return slot < 0 ? 0 : this.#table.probabilities[slot]
  }

  /** Calls `visit` for every possible target token of a source token. */
  forEach(visit: (source: number, target: number, probability: number) => void): void {
    const { sources, targets, probabilities } = this.#table
    for (let slot = 0; slot < sources.length; slot++)
      if (sources[slot] >= 0) visit(sources[slot], targets[slot], probabilities[slot])
  }
}

const NO_TOKEN = -2
