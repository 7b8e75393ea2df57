import type { Numbers } from './numbers.ts'

/** The edit distance of a text to `length` tokens from `begin` on; a number above `allowed` where it is more. */
export type DistanceTo = (tokens: Numbers, begin: number, length: number, allowed: number) => number

/** The most tokens of a text whose column of the table of edit distances fits into one number. */
const MOST_BITS = 30

/** Edit distances in tokens between one text and many others. */
export class TokenDistance {
  /** For each token, the places where the text has it, as bits; zeros between texts. */
  #places = new Uint32Array(1024)
  #last: readonly number[] = []
  /** Two rows of the table, for long texts. */
  #rows = [new Uint16Array(256), new Uint16Array(256)]

  /** The distance to this text, until the next call; `size` is the number of known tokens, -1 an unknown one. */
  to(text: readonly number[], size: number): DistanceTo {
    if (text.length > MOST_BITS)
      return (tokens, begin, length, allowed) => this.#byRows(text, tokens, begin, length, allowed)
    if (this.#places.length < size) this.#places = new Uint32Array(2 * size)
    else for (const id of this.#last) if (id >= 0) this.#places[id] = 0
    this.#last = text
    text.forEach((id, i) => {
      if (id >= 0) this.#places[id] |= 1 << i
    })
    const places = this.#places
    const last = 1 << (text.length - 1)
    const all = 2 * last - 1
    /**
     * Myers, A fast bit-vector algorithm for approximate string matching (1999), in the form of Hyyrö (2003) for whole
     * texts: `up` and `down` are the places of a column where the distance is one more, or one less, than above.
     */
    return (tokens, begin, length, allowed) => {
      let up = all
      let down = 0
      let distance = text.length
      for (let k = 0; k < length; k++) {
        const same = places[tokens.at(begin + k)] | down
        const zero = (((same & up) + up) ^ up) | same
        const more = down | ~(zero | up)
        const less = zero & up
        if (more & last) distance++
        else if (less & last) distance--
        if (distance - (length - 1 - k) > allowed) return distance
        const shifted = (more << 1) | 1
        up = ((less << 1) | ~(zero | shifted)) & all
        down = shifted & zero & all
      }
      return distance
    }
  }

  #byRows(text: readonly number[], tokens: Numbers, begin: number, length: number, allowed: number): number {
    if (this.#rows[0].length <= length) this.#rows = [new Uint16Array(2 * length), new Uint16Array(2 * length)]
    let [before, row] = this.#rows
    for (let k = 0; k <= length; k++) before[k] = k
    for (let i = 1; i <= text.length; i++) {
      row[0] = i
      let least = i
      for (let k = 1; k <= length; k++) {
        const same = text[i - 1] === tokens.at(begin + k - 1) ? 0 : 1
        const value = Math.min(before[k - 1] + same, before[k] + 1, row[k - 1] + 1)
        row[k] = value
        if (value < least) least = value
      }
      if (least > allowed) return least
      ;[before, row] = [row, before]
    }
    return before[length]
  }
}
