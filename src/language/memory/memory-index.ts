import { Numbers } from './numbers.ts'

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
  #counts = new Uint8Array(1024)
  /** Two rows of a table of edit distances. */
  #rows = [new Uint16Array(256), new Uint16Array(256)]

  constructor() {
    this.#starts.push(0)
  }

  get size(): number {
    return this.#starts.length - 1
  }

  /** Adds the next of many units, which are found after `sort`. */
  append(text: string): readonly number[] {
    const ids = tokensOf(text).map((token) => this.#idOf(token))
    for (const id of ids) this.#tokens.push(id)
    this.#starts.push(this.#tokens.length)
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
    const [shortest, longest] = [Math.ceil(n * threshold), Math.floor(n / threshold)]
    const found: Resembling[] = []
    for (const unit of this.#candidates(query, threshold, shortest, longest)) {
      if (isLeft(unit)) continue
      const begin = this.#starts.at(unit)
      const length = this.#starts.at(unit + 1) - begin
      const allowed = Math.floor(
        (1 - (found.length < most ? threshold : found.at(-1)!.score)) * Math.max(n, length) + 1e-9,
      )
      const distance = this.#distance(query, begin, length, allowed)
      if (distance > allowed) continue
      const score = 1 - distance / Math.max(n, length)
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
  #candidates(query: readonly number[], threshold: number, shortest: number, longest: number): number[] {
    const n = query.length
    const allowed = Math.floor((1 - threshold) * longest + 1e-9)
    const known = query.filter((id) => id >= 0)
    // Tokens that no unit has are missing in all of them.
    const needed = allowed + 1 - (n - known.length)
    if (needed <= 0) return []
    const rarest = [...new Set(known)].sort((a, b) => this.#frequency(a) - this.#frequency(b)).slice(0, needed)
    if (this.#counts.length < this.size) this.#counts = new Uint8Array(2 * this.size)
    const counts = this.#counts
    const touched: number[] = []
    const touch = (unit: number) => {
      if (counts[unit] === 0) {
        const length = this.#starts.at(unit + 1) - this.#starts.at(unit)
        if (length < shortest || length > longest) return
        touched.push(unit)
      }
      counts[unit]++
    }
    let looked = 0
    for (const id of rarest) {
      looked += this.#frequency(id)
      if (looked > MOST_LOOKED && touched.length) break
      if (id + 1 < this.#unitStarts.length)
        for (let i = this.#unitStarts[id]; i < this.#unitStarts[id + 1]; i++) touch(this.#units[i])
      for (const unit of this.#newest.get(id) ?? []) touch(unit)
    }
    const byCount: number[][] = Array.from(rarest, () => [])
    for (const unit of touched) byCount[counts[unit] - 1].push(unit)
    for (const unit of touched) counts[unit] = 0
    return byCount.reverse().flat().slice(0, MOST_COMPARED)
  }

  /** The number of units with a token. */
  #frequency(id: number): number {
    const sorted = id + 1 < this.#unitStarts.length ? this.#unitStarts[id + 1] - this.#unitStarts[id] : 0
    return sorted + (this.#newest.get(id)?.length ?? 0)
  }

  /** The edit distance of a text and a unit in tokens; more than `allowed` where it is more. */
  #distance(query: readonly number[], begin: number, length: number, allowed: number): number {
    if (this.#rows[0].length <= length) this.#rows = [new Uint16Array(2 * length), new Uint16Array(2 * length)]
    let [before, row] = this.#rows
    for (let k = 0; k <= length; k++) before[k] = k
    for (let i = 1; i <= query.length; i++) {
      row[0] = i
      let least = i
      for (let k = 1; k <= length; k++) {
        const same = query[i - 1] === this.#tokens.at(begin + k - 1) ? 0 : 1
        const value = Math.min(before[k - 1] + same, before[k] + 1, row[k - 1] + 1)
        row[k] = value
        if (value < least) least = value
      }
      if (least > allowed) return least
      ;[before, row] = [row, before]
    }
    return before[length]
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

/** Units whose edit distance is computed for a lookup, and units of tokens that are looked at. */
const MOST_COMPARED = 500
const MOST_LOOKED = 100_000

const TOKEN = /[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu

/** The tokens of a text: words in small letters, and signs one by one. */
export const tokensOf = (text: string): string[] => text.toLowerCase().match(TOKEN) ?? []
