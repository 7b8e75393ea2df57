/** The likely target tokens of each source token; `glassformer shortlist` learns them from a corpus. */
export interface Shortlist {
  /** Target tokens that are in every list. */
  frequent: Int32Array
  /** The targets of source token s are targets[offsets[s]] to targets[offsets[s + 1] − 1], the likeliest first. */
  offsets: Int32Array
  targets: Int32Array
  /**
   * Lists are filled up to a multiple of this number, with the lowest ids that they lack (Marian: 8). Absent: lists are
   * not filled up.
   */
  multipleOf?: number
}

/**
 * The target tokens that a translation of `source` may use, ascending: the frequent tokens, the likely translations of
 * each source token, and the end. `vocabulary` is the number of target ids; only ids below it fill up a list.
 */
export function listFor(
  { frequent, offsets, targets, multipleOf = 1 }: Shortlist,
  source: readonly number[],
  end: number,
  vocabulary = Number.POSITIVE_INFINITY,
): Int32Array {
  const listed = new Listed()
  for (let i = 0; i < frequent.length; i++) listed.add(frequent[i])
  listed.add(end)
  for (const token of source) for (let i = offsets[token]; i < offsets[token + 1]; i++) listed.add(targets[i])
  for (let id = 0; listed.count % multipleOf && id < vocabulary; id++) listed.add(id)
  return listed.ids()
}

/** A set of ids: a bit for each, so that they come out in order. */
class Listed {
  count = 0
  #words = new Int32Array(1024)

  add(id: number): void {
    const word = id >> 5
    if (word >= this.#words.length) {
      const longer = new Int32Array(Math.max(word + 1, 2 * this.#words.length))
      longer.set(this.#words)
      this.#words = longer
    }
    const bit = 1 << (id & 31)
    if (this.#words[word] & bit) return
    this.#words[word] |= bit
    this.count++
  }

  ids(): Int32Array {
    const ids = new Int32Array(this.count)
    let at = 0
    this.#words.forEach((bits, word) => {
      for (let left = bits; left !== 0; left &= left - 1) ids[at++] = 32 * word + 31 - Math.clz32(left & -left)
    })
    return ids
  }
}
