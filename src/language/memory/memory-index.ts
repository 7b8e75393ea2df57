import { lastOf } from '../../base/present.ts'
import { Numbers } from './numbers.ts'
import { TokenDistance } from './token-distance.ts'

/** A unit of a memory that resembles a text. */
export interface Resembling {
  unit: number
  /** 1 minus the edit distance of the tokens over the length of the longer text. */
  score: number
}

/** Units beyond the sorted ones, as a part of these, from which on all are sorted again. */
const UNSORTED = 1 / 8
const LEAST_UNSORTED = 4096

/**
 * Finds units by their tokens. The tokens of each unit are held as numbers; for each token the units that have it are
 * held in one array (sorted), and those of the newest units in lists. Memory for a million units of ten tokens: about
 * 100 MB.
 */
export class MemoryIndex {
  readonly #ids = new Map<string, number>()
  readonly #tokens = new Numbers()
  /** Where the tokens of each unit begin; one more than units. */
  readonly #starts = new Numbers()
  /** For each token, where its units begin in `#units`; one more than tokens. */
  #unitStarts = new Uint32Array(1)
  #units = new Uint32Array(0)
  /** The number of units that are sorted. */
  #sorted = 0
  readonly #newest = new Map<number, number[]>()
  /** The number of tokens of each unit, at most 255: beside `#starts`, since every candidate's is looked at. */
  #lengths = new Uint8Array(1024)
  /** For each unit, how many of the tokens that are looked for it has; zeros between lookups. */
  #counts = new Uint8Array(1024)
  /** The units whose counts are not zero. */
  #touched = new Uint32Array(1024)
  readonly #distance = new TokenDistance()

  constructor() {
    this.#starts.push(0)
  }

  get size(): number {
    return this.#starts.length - 1
  }

  /** Adds the next of many units, which are found after `sort`. */
  append(text: string): readonly number[] {
    const ids = tokensOf(text).map((token) => this.#idOf(token))
    const unit = this.size
    for (const id of ids) this.#tokens.push(id)
    this.#starts.push(this.#tokens.length)
    if (unit >= this.#lengths.length) {
      const larger = new Uint8Array(2 * unit)
      larger.set(this.#lengths)
      this.#lengths = larger
    }
    this.#lengths[unit] = Math.min(ids.length, LONG)
    return ids
  }

  /** Adds the next unit. */
  add(text: string): void {
    const unit = this.size
    const ids = this.append(text)
    for (const id of new Set(ids)) {
      const list = this.#newest.get(id)
      if (list) list.push(unit)
      else this.#newest.set(id, [unit])
    }
    if (this.size - this.#sorted > Math.max(LEAST_UNSORTED, this.#sorted * UNSORTED)) this.sort()
  }

  /**
   * The units that resemble a text at least as much as `threshold`, best first, at most `most`; `isLeft` leaves units
   * out.
   */
  resembling(text: string, threshold: number, most: number, isLeft: (unit: number) => boolean): Resembling[] {
    const query = tokensOf(text).map((token) => this.#ids.get(token) ?? -1)
    const n = query.length
    if (!n) return []
    const found: Resembling[] = []
    const distance = this.#distance.to(query, this.#ids.size)
    for (const unit of this.#candidates(query, threshold)) {
      if (isLeft(unit)) continue
      const begin = this.#starts.at(unit)
      const length = this.#starts.at(unit + 1) - begin
      const longer = Math.max(n, length)
      const allowed = Math.floor((1 - (found.length < most ? threshold : lastOf(found).score)) * longer + 1e-9)
      if (Math.abs(n - length) > allowed) continue
      const edits = distance(this.#tokens, begin, length, allowed)
      if (edits > allowed) continue
      const score = 1 - edits / longer
      const place = found.findLastIndex((each) => each.score >= score) + 1
      found.splice(place, 0, { unit, score })
      if (found.length > most) found.pop()
    }
    return found
  }

  /**
   * The units that have one of the rarest tokens of a text: all but so few of its tokens are in any unit that resembles
   * it that one of these must be among them. Units with more of them come first.
   */
  #candidates(query: readonly number[], threshold: number): number[] {
    const n = query.length
    const [shortest, longest] = [Math.ceil(n * threshold - 1e-9), Math.floor(n / threshold + 1e-9)]
    const allowed = Math.floor((1 - threshold) * longest + 1e-9)
    const known = query.filter((id) => id >= 0)
    // Tokens that no unit has are missing in all of them.
    const needed = allowed + 1 - (n - known.length)
    if (needed <= 0) return []
    const rarest = [...new Set(known)].sort((a, b) => this.#frequency(a) - this.#frequency(b)).slice(0, needed)
    if (this.#counts.length < this.size) {
      this.#counts = new Uint8Array(2 * this.size)
      this.#touched = new Uint32Array(2 * this.size)
    }
    const [counts, touched, lengths] = [this.#counts, this.#touched, this.#lengths]
    // Units of 255 tokens and more are all of one length here; their own is compared with the text's later.
    const [least, most] = [Math.min(shortest, LONG), Math.min(longest, LONG)]
    let count = 0
    const touch = (unit: number) => {
      if (counts[unit] === 0) {
        if (lengths[unit] < least || lengths[unit] > most) return
        touched[count++] = unit
      }
      if (counts[unit] < 255) counts[unit]++
    }
    let looked = 0
    for (const [i, id] of rarest.entries()) {
      looked += this.#frequency(id)
      if (looked > MOST_LOOKED && count && i >= LEAST_LOOKED) break
      if (id + 1 < this.#unitStarts.length)
        for (let k = this.#unitStarts[id]; k < this.#unitStarts[id + 1]; k++) touch(this.#units[k])
      for (const unit of this.#newest.get(id) ?? []) touch(unit)
    }
    const byCount: number[][] = Array.from({ length: Math.min(rarest.length, 255) }, () => [])
    for (let k = 0; k < count; k++) {
      const list = byCount[counts[touched[k]] - 1]
      if (list.length < MOST_COMPARED) list.push(touched[k])
    }
    for (let k = 0; k < count; k++) counts[touched[k]] = 0
    return byCount.reverse().flat().slice(0, MOST_COMPARED)
  }

  /** The number of units with a token. */
  #frequency(id: number): number {
    const sorted = id + 1 < this.#unitStarts.length ? this.#unitStarts[id + 1] - this.#unitStarts[id] : 0
    return sorted + (this.#newest.get(id)?.length ?? 0)
  }

  #idOf(token: string): number {
    let id = this.#ids.get(token)
    if (id === undefined) {
      id = this.#ids.size
      this.#ids.set(token, id)
    }
    return id
  }

  /** Sorts the units of all tokens: two passes over the tokens. */
  sort(): void {
    const starts = new Uint32Array(this.#ids.size + 1)
    const seen = new Int32Array(this.#ids.size).fill(-1)
    const each = (take: (id: number, unit: number) => void) => {
      seen.fill(-1)
      for (let unit = 0; unit < this.size; unit++)
        for (let i = this.#starts.at(unit); i < this.#starts.at(unit + 1); i++) {
          const id = this.#tokens.at(i)
          if (seen[id] === unit) continue
          seen[id] = unit
          take(id, unit)
        }
    }
    each((id) => starts[id + 1]++)
    for (let id = 0; id < this.#ids.size; id++) starts[id + 1] += starts[id]
    const units = new Uint32Array(starts[this.#ids.size])
    const next = starts.slice()
    each((id, unit) => {
      units[next[id]++] = unit
    })
    this.#unitStarts = starts
    this.#units = units
    this.#sorted = this.size
    this.#newest.clear()
  }
}

/** The number of tokens from which on units count as equally long. */
const LONG = 255

/**
 * Units whose edit distance is computed for a lookup, and units of tokens that are looked at; so many tokens are looked
 * at in any case, since the rarest may be the one that differs.
 */
const MOST_COMPARED = 2000
const MOST_LOOKED = 100_000
const LEAST_LOOKED = 2

const TOKEN = /[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu

/** The tokens of a text: words in small letters, and signs one by one. */
export const tokensOf = (text: string): string[] => text.toLowerCase().match(TOKEN) ?? []
