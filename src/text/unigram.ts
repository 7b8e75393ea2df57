import type { PieceTrie } from './piece-trie.ts'
import type { Pieces } from './pieces.ts'
import type { Segmenter, Segments } from './segments.ts'
import { characterLength } from './utf8.ts'

/** An unknown character scores so much less than the least likely piece. */
const UNKNOWN_PENALTY = 10
/** Buffers larger than this are let go at the next text. */
const KEPT = 1 << 18

/** The pieces that take part in the search of a unigram model, and what each scores. */
export class UnigramLexicon {
  readonly trie: PieceTrie
  /** Log-probability by id. A user-defined symbol of n characters has 0.1 (n - 1): always better than its parts. */
  readonly scores: Float64Array
  readonly unknownId: number
  readonly unknownScore: number

  constructor(pieces: Pieces) {
    this.trie = pieces.trie((type) => type === 'normal' || type === 'user-defined')
    this.scores = new Float64Array(pieces.scores)
    for (let id = 0; id < pieces.size; id++)
      if (pieces.types[id] === 'user-defined') this.scores[id] = 0.1 * ([...pieces.texts[id]].length - 1)
    this.unknownId = pieces.unknownId
    this.unknownScore = pieces.lowestScore() - UNKNOWN_PENALTY
  }
}

/**
 * The most likely segmentation under a unigram model (Kudo 2018, section 3.2), by the Viterbi algorithm over byte positions.
 *
 * Of equal sums the one found first counts (starts in ascending order), as in SentencePiece. Its sums are float32 and ours
 * float64: the ids are the same for texts of up to some ten thousand letters; in longer ones a near tie may fall otherwise.
 */
export class Unigram implements Segmenter {
  readonly #lexicon: UnigramLexicon
  // By position: the best score of a segmentation that ends there, and the last piece of it: its begin (-1: none) and id.
  #best = new Float64Array(1024)
  #begin = new Int32Array(1024)
  #id = new Int32Array(1024)
  /** The score of the last segmentation. */
  score = 0

  constructor(lexicon: UnigramLexicon) {
    this.#lexicon = lexicon
  }

  segment(bytes: Uint8Array, length: number, segments: Segments): void {
    this.#resize(length + 1)
    this.#search(bytes, length)
    this.score = this.#best[length]
    let count = 0
    for (let end = length; end > 0; end = this.#begin[end]) count++
    segments.reserve(count)
    segments.count = count
    for (let end = length; end > 0; end = this.#begin[end]) {
      segments.ends[--count] = end
      segments.ids[count] = this.#id[end]
    }
  }

  #search(bytes: Uint8Array, length: number): void {
    const { scores, unknownId, unknownScore } = this.#lexicon
    const { base, check, id } = this.#lexicon.trie
    const best = this.#best
    const begin = this.#begin
    const pieceAt = this.#id
    best[0] = 0
    begin.fill(-1, 0, length + 1)
    for (let at = 0; at < length; ) {
      const here = best[at]
      const nextCharacter = Math.min(at + characterLength(bytes[at]), length)
      let hasSingle = false
      let node = 0
      for (let k = at; k < length; ) {
        const child = base[node] + bytes[k]
        if (check[child] !== node) break
        node = child
        k++
        const piece = id[node]
        if (piece < 0) continue
        const score = scores[piece] + here
        if (begin[k] < 0 || score > best[k]) {
          best[k] = score
          begin[k] = at
          pieceAt[k] = piece
        }
        if (k === nextCharacter) hasSingle = true
      }
      if (!hasSingle) {
        const score = unknownScore + here
        if (begin[nextCharacter] < 0 || score > best[nextCharacter]) {
          best[nextCharacter] = score
          begin[nextCharacter] = at
          pieceAt[nextCharacter] = unknownId
        }
      }
      at = nextCharacter
    }
  }

  #resize(size: number): void {
    if (size <= this.#best.length && (this.#best.length <= KEPT || size > KEPT)) return
    const capacity = Math.max(1024, size <= KEPT ? 2 * size : size)
    this.#best = new Float64Array(capacity)
    this.#begin = new Int32Array(capacity)
    this.#id = new Int32Array(capacity)
  }
}
