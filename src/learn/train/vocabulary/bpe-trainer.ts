import { present } from '../../../base/present.ts'
import type { LearnedPiece, LearningLimits } from './unigram-trainer.ts'
import { compare, type Units } from './units.ts'

/**
 * Learns byte-pair merges (Sennrich et al. 2016): the most frequent pair of neighbors becomes a piece, again and again.
 * Among equally frequent pairs, the pair that makes the shorter piece goes first, and among these the pair that is
 * first in order. Only the counts of the units that a merge changes are recounted.
 *
 * The score of a piece is minus its rank, as SentencePiece writes it; the characters come after all merges.
 */
export function learnMerges({ units, characters }: Units, { pieces, longest, taken }: LearningLimits): LearnedPiece[] {
  const table = new PairTable(units, longest, taken)
  const learned: string[] = []
  while (learned.length < pieces - characters.length) {
    const merged = table.mergeBest()
    if (merged === null) break
    learned.push(merged)
  }
  return [...learned, ...characters.map(([character]) => character)].map((piece, rank) => ({ piece, score: -rank }))
}

/** The factor that combines two symbols into one key: their numbers stay far below 2^26. */
const SHIFT = 2 ** 26

interface SymbolPair {
  left: number
  right: number
  text: string
  /** The number of its characters. */
  length: number
  count: number
  /** The units in which the pair was seen; some of them may no longer have it. */
  units: Set<number>
}

class PairTable {
  readonly #longest: number
  readonly #taken: ReadonlySet<string>
  /** The symbols of each unit, from left to right. */
  readonly #units: number[][]
  readonly #unitCounts: number[]
  readonly #texts: string[] = []
  readonly #lengths: number[] = []
  readonly #numbers = new Map<string, number>()
  readonly #pairs = new Map<number, SymbolPair>()
  readonly #queue: PairQueue = new PairQueue()

  constructor(units: Units['units'], longest: number, taken: ReadonlySet<string>) {
    this.#longest = longest
    this.#taken = taken
    this.#units = units.map(({ text }) => Array.from(text, (character) => this.#number(character, 1)))
    this.#unitCounts = units.map(({ count }) => count)
    for (let unit = 0; unit < units.length; unit++) this.#count(unit, 1, null)
    for (const pair of this.#pairs.values()) this.#queue.push(pair)
  }

  /** Makes the most frequent pair a symbol; null if there is none. */
  mergeBest(): string | null {
    for (;;) {
      const pair = this.#queue.pop()
      if (pair === null) return null
      if (this.#taken.has(pair.text)) continue
      const isNew = !this.#numbers.has(pair.text)
      const changed = new Set<SymbolPair>()
      const symbol = this.#number(pair.text, pair.length)
      for (const unit of pair.units) this.#merge(unit, pair, symbol, changed)
      this.#pairs.delete(pair.left * SHIFT + pair.right)
      changed.delete(pair)
      for (const other of changed) this.#queue.push(other)
      // The same text may come from two pairs (a + bc, ab + c): it is one piece.
      if (isNew) return pair.text
    }
  }

  #merge(unit: number, { left, right }: SymbolPair, symbol: number, changed: Set<SymbolPair>): void {
    const symbols = this.#units[unit]
    const has = symbols.some((first, k) => first === left && symbols[k + 1] === right)
    if (!has) return
    this.#count(unit, -1, changed)
    const merged: number[] = []
    for (let k = 0; k < symbols.length; k++)
      if (symbols[k] === left && symbols[k + 1] === right) {
        merged.push(symbol)
        k++
      } else merged.push(symbols[k])
    this.#units[unit] = merged
    this.#count(unit, 1, changed)
  }

  /** Adds (or with sign -1 subtracts) the pairs of a unit. */
  #count(unit: number, sign: 1 | -1, changed: Set<SymbolPair> | null): void {
    const symbols = this.#units[unit]
    for (let k = 0; k + 1 < symbols.length; k++) {
      const left = symbols[k]
      const right = symbols[k + 1]
      const length = this.#lengths[left] + this.#lengths[right]
      if (length > this.#longest) continue
      const key = left * SHIFT + right
      let pair = this.#pairs.get(key)
      if (pair === undefined) {
        pair = { left, right, text: this.#texts[left] + this.#texts[right], length, count: 0, units: new Set() }
        this.#pairs.set(key, pair)
      }
      pair.count += sign * this.#unitCounts[unit]
      if (sign > 0) pair.units.add(unit)
      changed?.add(pair)
    }
  }

  #number(text: string, length: number): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.#texts.push(text) - 1
      this.#lengths.push(length)
      this.#numbers.set(text, number)
    }
    return number
  }
}

interface Entry {
  pair: SymbolPair
  /** The pair's count when it was pushed; the entry is outdated if the pair has another count now. */
  count: number
}

/** A binary heap of pairs, the most frequent first. A pair is pushed anew when its count changes. */
class PairQueue {
  readonly #heap: Entry[] = []

  push(pair: SymbolPair): void {
    if (pair.count <= 0) return
    const entry = { pair, count: pair.count }
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!goesBefore(entry, heap[parent])) break
      heap[at] = heap[parent]
      at = parent
    }
    heap[at] = entry
  }

  pop(): SymbolPair | null {
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined) return null
      this.#removeFirst()
      if (first.count === first.pair.count) return first.pair
    }
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = present(heap.pop())
    if (heap.length === 0) return
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && goesBefore(heap[child + 1], heap[child])) child++
      if (!goesBefore(heap[child], last)) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = last
  }
}

function goesBefore(a: Entry, b: Entry): boolean {
  if (a.count !== b.count) return a.count > b.count
  if (a.pair.length !== b.pair.length) return a.pair.length < b.pair.length
  return compare(a.pair.text, b.pair.text) < 0 || (a.pair.text === b.pair.text && a.pair.left < b.pair.left)
}
