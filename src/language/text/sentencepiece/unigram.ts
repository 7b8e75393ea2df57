import { utf8Length } from '../../../base/bytes.ts'
import { idsOf } from '../../../formats/pieces/sentencepiece-model.ts'
import type { PieceTrie } from './piece-trie.ts'
import type { Pieces } from './pieces.ts'
import type { Segmenter, Segments } from './segments.ts'
import { characterLength } from './utf8.ts'

/** The score of an unknown character below that of the least likely piece. */
const UNKNOWN_PENALTY = 10
/** The lowest sum: below it, float32 sums would lose too many digits, so they restart from 0. */
const LOWEST_SUM = -100_000
/** Buffers larger than this are freed at the next text. */
const KEPT = 1 << 18

/** The pieces that a unigram model searches, and their scores. */
export class UnigramLexicon {
  readonly trie: PieceTrie
  /**
   * The log-probability of each id. A user-defined symbol of n characters has 0.1 (n - 1), which is always better than
   * its parts.
   */
  readonly scores: Float32Array
  /** The scores in the search for the best segmentation, where SentencePiece counts the bytes of a symbol. */
  readonly searchScores: Float32Array
  readonly unknownId: number
  readonly #pieces: Pieces
  #unknownScore: number | undefined

  constructor(pieces: Pieces) {
    this.trie = pieces.trie((type) => type === 'normal' || type === 'user-defined')
    this.scores = scoresOf(pieces, (symbol) => [...symbol].length)
    this.searchScores = scoresOf(pieces, (symbol) => utf8Length(symbol))
    this.unknownId = pieces.unknownId
    this.#pieces = pieces
  }

  /** The score of an unknown character, found on first use: few texts have one. */
  get unknownScore(): number {
    this.#unknownScore ??= Math.fround(this.#pieces.lowestScore - UNKNOWN_PENALTY)
    return this.#unknownScore
  }
}

function scoresOf({ scores, types, texts, userDefined }: Pieces, length: (symbol: string) => number): Float32Array {
  if (userDefined === null) return scores
  const changed = scores.slice()
  for (const id of idsOf('user-defined', types)) changed[id] = 0.1 * (length(texts[id]) - 1)
  return changed
}

/**
 * The most likely segmentation under a unigram model (Kudo 2018, section 3.2), by the Viterbi algorithm over byte positions.
 *
 * Near ties have the same result as in SentencePiece 0.2.3, in texts of any length: sums are float32, large sums
 * restart from 0, and the first of equal sums wins (starts are in ascending order).
 */
export class Unigram implements Segmenter {
  readonly #lexicon: UnigramLexicon
  // For each position: the best score of a segmentation that ends there, and the beginning (-1 for none) and id of its
  // last piece.
  #best = new Float32Array(1024)
  #begin = new Int32Array(1024)
  #id = new Int32Array(1024)

  constructor(lexicon: UnigramLexicon) {
    this.#lexicon = lexicon
  }

  segment(bytes: Uint8Array, length: number, segments: Segments): void {
    this.#resize(length + 1)
    this.#search(bytes, length)
    let count = 0
    for (let end = length; end > 0; end = this.#begin[end]) count++
    segments.reserve(count)
    segments.count = count
    for (let end = length; end > 0; end = this.#begin[end]) {
      segments.ends[--count] = end
      segments.ids[count] = this.#id[end]
    }
  }

  /** Fills the arrays by the Viterbi algorithm. */
  #search(bytes: Uint8Array, length: number): void {
    const lexicon = this.#lexicon
    const { trie, searchScores: scores, unknownId } = lexicon
    let { base, check, id } = trie
    const best = this.#best
    const begin = this.#begin
    const pieceAt = this.#id
    best[0] = 0
    begin.fill(-1, 0, length + 1)
    let reached = 0
    for (let at = 0; at < length; ) {
      if (best[at] < LOWEST_SUM) {
        const sum = best[at]
        for (let k = at; k <= reached; k++) best[k] -= sum
      }
      const here = best[at]
      const nextCharacter = Math.min(at + characterLength(bytes[at]), length)
      let hasSingle = false
      let node = 0
      for (let k = at; k < length; ) {
        if (base[node] < 0) ({ base, check, id } = trie.grow(node))
        const child = base[node] + bytes[k]
        if (check[child] !== node) break
        node = child
        k++
        const piece = id[node]
        if (piece < 0) continue
        const score = Math.fround(scores[piece] + here)
        if (begin[k] < 0 || score > best[k]) {
          best[k] = score
          begin[k] = at
          pieceAt[k] = piece
        }
        if (k > reached) reached = k
        if (k === nextCharacter) hasSingle = true
      }
      if (!hasSingle) {
        const score = Math.fround(lexicon.unknownScore + here)
        if (begin[nextCharacter] < 0 || score > best[nextCharacter]) {
          best[nextCharacter] = score
          begin[nextCharacter] = at
          pieceAt[nextCharacter] = unknownId
        }
        if (nextCharacter > reached) reached = nextCharacter
      }
      at = nextCharacter
    }
  }

  #resize(size: number): void {
    if (size <= this.#best.length && (this.#best.length <= KEPT || size > KEPT)) return
    const capacity = Math.max(1024, size <= KEPT ? 2 * size : size)
    this.#best = new Float32Array(capacity)
    this.#begin = new Int32Array(capacity)
    this.#id = new Int32Array(capacity)
  }
}
