import { PieceTrie } from '../../../language/text/sentencepiece/piece-trie.ts'
import { characterLength } from '../../../language/text/sentencepiece/utf8.ts'
import type { Unit } from './units.ts'

/** The score of a piece that is no longer part of the model. */
const GONE = Number.NEGATIVE_INFINITY
/** A likelihood above this has not been affected by underflow. */
const SAFELY_ABOVE_ZERO = 1e-250

/** Expected counts of a model's pieces in a text. */
export interface Expectation {
  /** The expected count of each piece. */
  counts: Float64Array
  /** The log-likelihood of the text. */
  logLikelihood: number
}

/**
 * A unigram model in training (Kudo 2018, section 3.2): every piece has a log-probability, and a text may be segmented
 * into pieces in many ways. Pieces are numbered, and a dropped piece keeps its number.
 */
export class SegmentationModel {
  readonly texts: readonly string[]
  /** The log-probability of each piece; −∞ for a dropped piece. */
  readonly scores: Float64Array
  #trie: PieceTrie
  readonly #encoder = new TextEncoder()
  #bytes = new Uint8Array(256)
  // For each byte position of the present unit, log-sums over all segmentations from the beginning and to the end.
  #forward = new Float64Array(257)
  #backward = new Float64Array(257)
  /** For each byte position, the beginning of the last piece of the best segmentation, and the number of that piece. */
  #begin = new Int32Array(257)
  #piece = new Int32Array(257)
  // All pieces in the present unit, in the order of their beginnings.
  #froms = new Int32Array(1024)
  #tos = new Int32Array(1024)
  #pieces = new Int32Array(1024)

  constructor(texts: readonly string[], scores: Float64Array) {
    this.texts = texts
    this.scores = scores
    this.#trie = new PieceTrie(texts, () => true)
  }

  /** Drops pieces. The trie is rebuilt without them, because walking dropped pieces would take most of the time. */
  drop(pieces: readonly number[]): void {
    for (const piece of pieces) this.scores[piece] = GONE
    if (pieces.length > 0) this.#trie = new PieceTrie(this.texts, (piece) => this.has(piece))
  }

  has(piece: number): boolean {
    return this.scores[piece] !== GONE
  }

  /** The numbers of the remaining pieces. */
  left(): number[] {
    const pieces: number[] = []
    for (let piece = 0; piece < this.scores.length; piece++) if (this.has(piece)) pieces.push(piece)
    return pieces
  }

  /** The E step: the expected count of each piece over all segmentations of each unit (forward-backward algorithm). */
  expect(units: readonly Unit[]): Expectation {
    const counts = new Float64Array(this.scores.length)
    const probabilities = Float64Array.from(this.scores, Math.exp)
    let logLikelihood = 0
    for (const { text, count } of units) {
      const length = this.#encode(text)
      const edges = this.#edges(length)
      const likelihood = this.#expectPlainly(length, edges, count, probabilities, counts)
      logLikelihood +=
        count * (likelihood > 0 ? Math.log(likelihood) : this.#expectInLogs(length, edges, count, counts))
    }
    return { counts, logLikelihood }
  }

  /**
   * Counts for short units, by sums of products without logarithms. Returns 0, and counts nothing, if the sums may have
   * become too small.
   */
  #expectPlainly(
    length: number,
    edges: number,
    count: number,
    probabilities: Float64Array,
    counts: Float64Array,
  ): number {
    const forward = this.#forward.fill(0, 0, length + 1)
    const backward = this.#backward.fill(0, 0, length + 1)
    const froms = this.#froms
    const tos = this.#tos
    const pieces = this.#pieces
    forward[0] = 1
    for (let e = 0; e < edges; e++) forward[tos[e]] += forward[froms[e]] * probabilities[pieces[e]]
    const all = forward[length]
    if (all < SAFELY_ABOVE_ZERO) return 0
    backward[length] = 1
    const share = count / all
    for (let e = edges - 1; e >= 0; e--) {
      const way = probabilities[pieces[e]] * backward[tos[e]]
      backward[froms[e]] += way
      counts[pieces[e]] += share * forward[froms[e]] * way
    }
    return all
  }

  /** Counts for long units. Returns the logarithm of the likelihood. */
  #expectInLogs(length: number, edges: number, count: number, counts: Float64Array): number {
    const { scores } = this
    const forward = this.#forward.fill(GONE, 0, length + 1)
    const backward = this.#backward.fill(GONE, 0, length + 1)
    const froms = this.#froms
    const tos = this.#tos
    const pieces = this.#pieces
    forward[0] = 0
    for (let e = 0; e < edges; e++) forward[tos[e]] = addLogs(forward[tos[e]], forward[froms[e]] + scores[pieces[e]])
    const all = forward[length]
    backward[length] = 0
    for (let e = edges - 1; e >= 0; e--) {
      const sum = scores[pieces[e]] + backward[tos[e]]
      backward[froms[e]] = addLogs(backward[froms[e]], sum)
      counts[pieces[e]] += count * Math.exp(forward[froms[e]] + sum - all)
    }
    return all
  }

  /**
   * The most likely segmentation of a text, as pieces from left to right; `without` is excluded. Null if there is none.
   */
  best(text: string, without = -1): { pieces: number[]; score: number } | null {
    const length = this.#encode(text)
    const { scores } = this
    const best = this.#forward.fill(GONE, 0, length + 1)
    best[0] = 0
    const edges = this.#edges(length)
    for (let e = 0; e < edges; e++) {
      const piece = this.#pieces[e]
      const to = this.#tos[e]
      const score = best[this.#froms[e]] + scores[piece]
      if (score <= best[to] || piece === without) continue
      best[to] = score
      this.#begin[to] = this.#froms[e]
      this.#piece[to] = piece
    }
    if (best[length] === GONE) return null
    const pieces: number[] = []
    for (let to = length; to > 0; to = this.#begin[to]) pieces.push(this.#piece[to])
    return { pieces: pieces.reverse(), score: best[length] }
  }

  /** Finds all pieces in the present unit; returns their number. */
  #edges(length: number): number {
    const trie = this.#trie
    let { base, check, id } = trie
    const bytes = this.#bytes
    let count = 0
    for (let from = 0; from < length; from += characterLength(bytes[from])) {
      let node = 0
      for (let to = from; to < length; ) {
        if (base[node] < 0) ({ base, check, id } = trie.grow(node))
        const child = base[node] + bytes[to]
        if (check[child] !== node) break
        node = child
        to++
        const piece = id[node]
        if (piece < 0) continue
        if (count === this.#froms.length) this.#growEdges()
        this.#froms[count] = from
        this.#tos[count] = to
        this.#pieces[count++] = piece
      }
    }
    return count
  }

  #encode(text: string): number {
    const size = 3 * text.length
    if (size > this.#bytes.length) {
      this.#bytes = new Uint8Array(2 * size)
      this.#forward = new Float64Array(2 * size + 1)
      this.#backward = new Float64Array(2 * size + 1)
      this.#begin = new Int32Array(2 * size + 1)
      this.#piece = new Int32Array(2 * size + 1)
    }
    return this.#encoder.encodeInto(text, this.#bytes).written
  }

  #growEdges(): void {
    const larger = (from: Int32Array) => {
      const to = new Int32Array(2 * from.length)
      to.set(from)
      return to
    }
    this.#froms = larger(this.#froms)
    this.#tos = larger(this.#tos)
    this.#pieces = larger(this.#pieces)
  }
}

/** log(exp(a) + exp(b)). */
function addLogs(a: number, b: number): number {
  if (a === GONE) return b
  const more = Math.max(a, b)
  const difference = Math.min(a, b) - more
  return difference < -40 ? more : more + Math.log1p(Math.exp(difference))
}
