import { MergeQueue } from './merge-queue.ts'
import type { PieceTrie } from './piece-trie.ts'
import type { Pieces } from './pieces.ts'
import type { Segmenter, Segments } from './segments.ts'
import { characterLength } from './utf8.ts'

/**
 * Byte-pair encoding (Sennrich et al. 2016) as in SentencePiece: among all adjacent pairs that form a piece, the pair
 * with the highest score is merged first, and the leftmost among equal scores. There is no list of merges. User-defined
 * symbols are cut out beforehand and never merged. A priority queue of pairs makes the time O(n log n).
 */
export class Bpe implements Segmenter {
  readonly #pieces: Pieces
  readonly #trie: PieceTrie
  readonly #queue = new MergeQueue()
  // Symbols, by number. A symbol is bytes[begin … end). A merged symbol takes the number of its left part, and the
  // right part gets end = begin.
  #begin = new Int32Array(256)
  #end = new Int32Array(256)
  #previous = new Int32Array(256)
  #next = new Int32Array(256)
  /** The trie node of the symbol; -1 where no piece begins with the symbol. */
  #node = new Int32Array(256)
  /** 1 for a user-defined symbol, which is not merged. */
  #frozen = new Uint8Array(256)
  /** The byte length of the left part of each unused piece, by the piece's node, so that its merge can be undone. */
  readonly #leftParts = new Map<number, number>()

  constructor(pieces: Pieces) {
    this.#pieces = pieces
    this.#trie = pieces.trie((type) => type === 'normal' || type === 'user-defined' || type === 'unused')
  }

  segment(bytes: Uint8Array, length: number, segments: Segments): void {
    segments.count = 0
    const count = this.#split(bytes, length)
    this.#queue.clear()
    this.#leftParts.clear()
    for (let symbol = 1; symbol < count; symbol++) this.#offer(bytes, symbol - 1, symbol)
    this.#mergeAll(bytes)
    for (let symbol = 0; symbol >= 0; symbol = this.#next[symbol])
      this.#emit(bytes, this.#begin[symbol], this.#end[symbol], segments)
  }

  #split(bytes: Uint8Array, length: number): number {
    const userDefined = this.#pieces.userDefined
    let count = 0
    for (let at = 0; at < length; count++) {
      if (count === this.#begin.length) this.#grow()
      const stop = userDefined === null ? at : userDefined.longest(bytes, at, length)
      const end = stop > at ? stop : Math.min(at + characterLength(bytes[at]), length)
      this.#frozen[count] = stop > at ? 1 : 0
      this.#begin[count] = at
      this.#end[count] = end
      this.#node[count] = this.#trie.walk(0, bytes, at, end)
      this.#previous[count] = count - 1
      this.#next[count] = count + 1
      at = end
    }
    this.#next[count - 1] = -1
    return count
  }

  /** Puts two adjacent symbols into the queue if they form a piece. */
  #offer(bytes: Uint8Array, left: number, right: number): void {
    if (left < 0 || right < 0 || this.#node[left] < 0 || this.#frozen[left] === 1 || this.#frozen[right] === 1) return
    const node = this.#trie.walk(this.#node[left], bytes, this.#begin[right], this.#end[right])
    const piece = node < 0 ? -1 : this.#trie.id[node]
    if (piece < 0) return
    if (this.#pieces.types[piece] === 'unused') this.#leftParts.set(node, this.#end[left] - this.#begin[left])
    this.#queue.push(this.#pieces.scores[piece], left, right, node, this.#end[right])
  }

  #mergeAll(bytes: Uint8Array): void {
    const queue = this.#queue
    while (queue.pop()) {
      const { left, right, node, end } = queue
      const gone = this.#begin[left] === this.#end[left] || this.#begin[right] === this.#end[right]
      if (gone || this.#end[right] !== end) continue // the entry is out of date: one of the two symbols has been merged since
      this.#end[left] = end
      this.#node[left] = node
      this.#begin[right] = end
      const after = this.#next[right]
      this.#next[left] = after
      if (after >= 0) this.#previous[after] = left
      this.#offer(bytes, this.#previous[left], left)
      this.#offer(bytes, left, after)
    }
  }

  /** Writes a symbol as a piece. An unused piece is split again into the symbols that were merged into it. */
  #emit(bytes: Uint8Array, begin: number, end: number, segments: Segments): void {
    const node = this.#trie.walk(0, bytes, begin, end)
    const piece = node < 0 ? -1 : this.#trie.id[node]
    const isUnused = piece >= 0 && this.#pieces.types[piece] === 'unused'
    const left = isUnused ? this.#leftParts.get(node) : undefined
    if (left === undefined) {
      segments.push(end, piece < 0 || isUnused ? this.#pieces.unknownId : piece)
      return
    }
    this.#emit(bytes, begin, begin + left, segments)
    this.#emit(bytes, begin + left, end, segments)
  }

  #grow(): void {
    const grow = <T extends Int32Array | Uint8Array>(from: T): T => {
      const to = new (from.constructor as new (size: number) => T)(2 * from.length)
      to.set(from)
      return to
    }
    this.#begin = grow(this.#begin)
    this.#end = grow(this.#end)
    this.#previous = grow(this.#previous)
    this.#next = grow(this.#next)
    this.#node = grow(this.#node)
    this.#frozen = grow(this.#frozen)
  }
}
