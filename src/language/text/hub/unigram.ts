import { utf8Of } from '../../../base/bytes.ts'
import { shownJson } from '../../../base/errors.ts'
import { PieceTrie } from '../sentencepiece/piece-trie.ts'
import { characterLength } from '../sentencepiece/utf8.ts'
import type { Spec } from './spec.ts'
import { byteTokens, type Cut, readVocabulary, type Vocabulary } from './vocabulary.ts'

/** The score of an unknown character below that of the least likely token. */
const UNKNOWN_PENALTY = 10

/**
 * A unigram model as in the tokenizers library: sums are float64, every token takes part, adjacent unknown characters
 * are one unknown token, and the first of equal sums wins (starts are in ascending order).
 */
export class HubUnigram implements Cut {
  readonly vocabulary: Vocabulary
  readonly #trie: PieceTrie
  readonly #scores: Float64Array
  readonly unknown: number | null
  readonly #unknownScore: number
  readonly #bytes: number[] | null
  #best = new Float64Array(256)
  #begin = new Int32Array(256)
  #id = new Int32Array(256)

  constructor(spec: Spec) {
    const entries = spec.list('vocab') as [string, number][]
    const scores = new Float64Array(entries.length)
    const texts = entries.map((entry, id) => {
      const [token, score] = Array.isArray(entry) ? entry : []
      if (typeof token !== 'string' || typeof score !== 'number' || !Number.isFinite(score))
        throw spec.damaged(`vocab[${id}] must be a token and its score, not ${shownJson(entry)}`)
      scores[id] = score
      return token
    })
    this.vocabulary = readVocabulary(
      texts.map((token, id) => [token, id] as const),
      spec,
    )
    this.#trie = new PieceTrie(texts, () => true)
    this.#scores = scores
    this.unknown = spec.value('unk_id') === undefined ? null : spec.natural('unk_id')
    if (this.unknown !== null && this.unknown >= texts.length) throw spec.wrong('unk_id', 'an id of the vocabulary')
    this.#unknownScore =
      scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY
    this.#bytes = spec.flag('byte_fallback', false) ? byteTokens(this.vocabulary.ids) : null
  }

  idsOf(word: string): number[] {
    const bytes = utf8Of(word)
    this.#search(bytes)
    const ids: number[] = []
    for (let end = bytes.length; end > 0; ) {
      let begin = this.#begin[end]
      const id = this.#id[end]
      if (id >= 0) ids.push(id)
      else {
        while (begin > 0 && this.#id[begin] < 0) begin = this.#begin[begin]
        if (this.#bytes) for (let at = end - 1; at >= begin; at--) ids.push(this.#bytes[bytes[at]])
        else if (this.unknown !== null) ids.push(this.unknown)
      }
      end = begin
    }
    return ids.reverse()
  }

  /**
   * Finds the best segmentation: for each position the beginning and id of the last token of the best path, with -1 for
   * unknown.
   */
  #search(bytes: Uint8Array): void {
    const { length } = bytes
    if (this.#best.length <= length) {
      this.#best = new Float64Array(2 * length)
      this.#begin = new Int32Array(2 * length)
      this.#id = new Int32Array(2 * length)
    }
    const best = this.#best
    const begin = this.#begin.fill(-1, 0, length + 1)
    const ids = this.#id
    best[0] = 0
    const offer = (end: number, start: number, id: number, score: number) => {
      if (begin[end] >= 0 && score <= best[end]) return
      best[end] = score
      begin[end] = start
      ids[end] = id
    }
    for (let at = 0; at < length; ) {
      const next = Math.min(at + characterLength(bytes[at]), length)
      let hasSingle = false
      let node = PieceTrie.root
      for (let end = at + 1; end <= length; end++) {
        node = this.#trie.walk(node, bytes, end - 1, end)
        if (node < 0) break
        const id = this.#trie.id[node]
        if (id < 0) continue
        offer(end, at, id === this.unknown ? -1 : id, this.#scores[id] + best[at])
        if (end === next) hasSingle = true
      }
      if (!hasSingle) offer(next, at, -1, this.#unknownScore + best[at])
      at = next
    }
  }
}
