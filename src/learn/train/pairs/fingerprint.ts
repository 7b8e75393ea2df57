import type { Pair } from './corpus.ts'

/** Two 32-bit hashes of texts, which make 64 bits together. */
export interface Fingerprint {
  high: number
  low: number
}

/**
 * A hash of some texts, one after another, which includes their ends: two lanes of MurmurHash3's steps (Appleby, public
 * domain) over UTF-16 units. The hash is the same on every machine, and not secure against deliberate collisions.
 */
export function fingerprint(seed: number, ...texts: readonly string[]): Fingerprint {
  let high = seed ^ 0x2c9277b5
  let low = seed ^ 0x5f356495
  const add = (unit: number) => {
    high = rotate(high ^ rotate(Math.imul(unit, 0xcc9e2d51), 15), 13)
    high = (Math.imul(high, 5) + 0xe6546b64) | 0
    low = rotate(low ^ rotate(Math.imul(unit, 0x1b873593), 17), 11)
    low = (Math.imul(low, 5) + 0x561ccd1b) | 0
  }
  for (const text of texts) {
    for (let k = 0; k < text.length; k++) add(text.charCodeAt(k))
    add(0x10000 + text.length)
  }
  return { high: finish(high ^ rotate(low, 16)), low: finish(low) }
}

/** A hash of pairs in their order: `hash` is the hash of all pairs before, to which this pair is added. */
export const mixed = (hash: number, { source, target }: Pair) =>
  (Math.imul(hash, 31) + fingerprint(0, source, target).low) >>> 0

const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by))

function finish(hash: number): number {
  let x = hash
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/**
 * A set of fingerprints in bounded memory: open addressing, 8 bytes a place, with at most half of the places used. The set doubles until it
 * has `mostBytes`, and takes nothing more when it is full.
 */
export class FingerprintSet {
  #table = new Uint32Array(2 * 1024)
  #mask = 1023
  #size = 0
  readonly #mostPlaces: number

  constructor(mostBytes: number) {
    this.#mostPlaces = Math.max(1024, 2 ** Math.floor(Math.log2(mostBytes / 8)))
  }

  get size(): number {
    return this.#size
  }

  /**
   * Adds a fingerprint. Returns 'seen' if the set has it already, 'new' if it was added, and 'full' if it is new and could not be added.
   */
  add({ high, low }: Fingerprint): 'new' | 'seen' | 'full' {
    if (high === 0 && low === 0) return this.add({ high: 0, low: 1 }) // both 0 marks a free place
    const place = this.#find(high, low)
    if (this.#table[2 * place] !== 0 || this.#table[2 * place + 1] !== 0) return 'seen'
    if (2 * (this.#size + 1) > this.#mask + 1) {
      if (this.#mask + 1 >= this.#mostPlaces) return 'full'
      this.#grow()
      return this.add({ high, low })
    }
    this.#table[2 * place] = high
    this.#table[2 * place + 1] = low
    this.#size++
    return 'new'
  }

  /** The place of a fingerprint, or the free place where it belongs. */
  #find(high: number, low: number): number {
    const table = this.#table
    let place = low & this.#mask
    while (
      (table[2 * place] !== 0 || table[2 * place + 1] !== 0) &&
      (table[2 * place] !== high || table[2 * place + 1] !== low)
    )
      place = (place + 1) & this.#mask
    return place
  }

  #grow(): void {
    const old = this.#table
    this.#table = new Uint32Array(2 * old.length)
    this.#mask = 2 * this.#mask + 1
    for (let k = 0; k < old.length; k += 2) {
      if (old[k] === 0 && old[k + 1] === 0) continue
      const place = this.#find(old[k], old[k + 1])
      this.#table[2 * place] = old[k]
      this.#table[2 * place + 1] = old[k + 1]
    }
  }
}
