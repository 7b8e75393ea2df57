import { lastOf, present } from '../../../base/present.ts'
import { compare, type Unit } from './units.ts'

export interface SeedPiece {
  text: string
  /** Number of occurrences. */
  count: number
  /** Number of characters. */
  length: number
}

/**
 * The initial substrings of a unigram model (Kudo 2018, section 3.2): substrings of 2 to `longest` characters that
 * occur at least twice and would occur less often if they were longer. The `most` that cover the most characters are
 * kept, in this order.
 *
 * These substrings are the inner nodes of the suffix tree, found in a suffix array (Manber and Myers 1993) by the
 * lengths of common prefixes of neighbors. A suffix ends with its unit, and only its first `longest` characters count.
 */
export function seedPieces(units: readonly Unit[], longest: number, most: number): SeedPiece[] {
  const suffixes = new SuffixArray(units, longest)
  const seeds: SeedPiece[] = []
  const add = (first: number, length: number, count: number) => {
    if (length >= 2 && count >= 2) seeds.push({ text: suffixes.text(first, length), count, length })
  }
  // The open nodes, each deeper than the node below it.
  const depths: number[] = [0]
  const firsts: number[] = [0]
  const counts: number[] = [0]
  for (let k = 0; k < suffixes.length; k++) {
    const shared = k + 1 < suffixes.length ? suffixes.shared(k) : 0
    const own = suffixes.lengthAt(k)
    let first = k
    let count = suffixes.countAt(k)
    // The end of a unit is a leaf, which counts as a node if nothing longer begins with it.
    if (own > shared && own > lastOf(depths) && !suffixes.isCut(k)) add(k, own, count)
    while (lastOf(depths) > shared) {
      count += present(counts.pop())
      first = present(firsts.pop())
      add(first, present(depths.pop()), count)
    }
    if (lastOf(depths) === shared) counts[counts.length - 1] += count
    else {
      depths.push(shared)
      firsts.push(first)
      counts.push(count)
    }
  }
  seeds.sort((a, b) => b.count * b.length - a.count * a.length || compare(a.text, b.text))
  return seeds.slice(0, most)
}

/** The beginnings of all suffixes of all units, sorted, each with the count of its unit. */
class SuffixArray {
  readonly #longest: number
  /** All units as code points, each followed by a 0. */
  readonly #points: Int32Array
  /** The count of the unit at each position of #points. */
  readonly #counts: Float64Array
  readonly #order: Int32Array

  constructor(units: readonly Unit[], longest: number) {
    let size = 0
    for (const { text } of units) size += text.length + 1
    this.#longest = longest
    const points = new Int32Array(size)
    this.#counts = new Float64Array(size)
    const order = new Int32Array(size)
    let at = 0
    let count = 0
    for (const unit of units) {
      for (const character of unit.text) {
        // biome-ignore lint/style/noNonNullAssertion: the place is within the text
        points[at] = character.codePointAt(0)!
        this.#counts[at] = unit.count
        order[count++] = at++
      }
      at++
    }
    this.#points = points.subarray(0, at)
    this.#order = order.subarray(0, count)
    this.#sort()
  }

  get length(): number {
    return this.#order.length
  }

  countAt(k: number): number {
    return this.#counts[this.#order[k]]
  }

  /** The number of characters of a suffix that count. */
  lengthAt(k: number): number {
    const begin = this.#order[k]
    let length = 0
    while (length < this.#longest && this.#points[begin + length] !== 0) length++
    return length
  }

  /** Whether a suffix continues after the characters that count. */
  isCut(k: number): boolean {
    return this.#points[this.#order[k] + this.lengthAt(k)] !== 0
  }

  /** The number of characters that a suffix and the next have in common. */
  shared(k: number): number {
    const points = this.#points
    const a = this.#order[k]
    const b = this.#order[k + 1]
    let length = 0
    while (length < this.#longest && points[a + length] === points[b + length] && points[a + length] !== 0) length++
    return length
  }

  text(k: number, length: number): string {
    const begin = this.#order[k]
    return String.fromCodePoint(...this.#points.subarray(begin, begin + length))
  }

  /**
   * Three-way radix quicksort (Bentley and Sedgewick 1997): sorts a range that agrees in its first `depth` characters
   * by the next character.
   */
  #sort(): void {
    const order = this.#order
    const points = this.#points
    const ranges: [begin: number, end: number, depth: number][] = [[0, order.length, 0]]
    for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
      const [begin, end, depth] = range
      if (end - begin < 2 || depth === this.#longest) continue
      const pivot = points[order[(begin + end) >> 1] + depth]
      let less = begin
      let more = end
      for (let k = begin; k < more; ) {
        const suffix = order[k]
        const point = points[suffix + depth]
        if (point < pivot) {
          order[k++] = order[less]
          order[less++] = suffix
        } else if (point > pivot) {
          order[k] = order[--more]
          order[more] = suffix
        } else k++
      }
      ranges.push([begin, less, depth], [more, end, depth])
      if (pivot !== 0) ranges.push([less, more, depth + 1])
    }
  }
}
