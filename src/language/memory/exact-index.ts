import { Numbers } from './numbers.ts'

/** The newest unit of each text, by the text's hash: about 12 bytes for each unit, whatever its length. */
export class ExactIndex {
  readonly #hashes = new Numbers()
  /** Units plus 1, with open addressing; 0: free. */
  #table = new Uint32Array(1 << 12)
  #used = 0

  /** Adds the next unit. `isOf` tells whether an earlier unit has the same text; that unit is returned, or -1. */
  add(text: string, isOf: (unit: number) => boolean): number {
    const unit = this.#hashes.length
    const hash = hashOf(text)
    this.#hashes.push(hash)
    if (2 * this.#used >= this.#table.length) this.#grow()
    const place = this.#place(hash, isOf)
    const before = this.#table[place]
    if (before === 0) this.#used++
    this.#table[place] = unit + 1
    return before - 1
  }

  /** The unit of a text; -1 where there is none. */
  find(text: string, isOf: (unit: number) => boolean): number {
    return this.#table[this.#place(hashOf(text), isOf)] - 1
  }

  /** The place of the unit of a text, or the free one where it would be. */
  #place(hash: number, isOf: (unit: number) => boolean): number {
    const mask = this.#table.length - 1
    let place = hash & mask
    for (; this.#table[place] !== 0; place = (place + 1) & mask) {
      const unit = this.#table[place] - 1
      if (this.#hashes.at(unit) === hash && isOf(unit)) return place
    }
    return place
  }

  #grow(): void {
    const old = this.#table
    this.#table = new Uint32Array(2 * old.length)
    const mask = this.#table.length - 1
    for (const entry of old) {
      if (entry === 0) continue
      let place = this.#hashes.at(entry - 1) & mask
      while (this.#table[place] !== 0) place = (place + 1) & mask
      this.#table[place] = entry
    }
  }
}

/** FNV-1a of the UTF-16 units of a text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
