import { utf8Of } from '../../../base/bytes.ts'
import { shownJson } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { MergeQueue } from '../sentencepiece/merge-queue.ts'
import type { Spec } from './spec.ts'
import { byteTokens, type Cut, readVocabulary, type Vocabulary } from './vocabulary.ts'

/**
 * Byte-pair encoding by a table of merges (Sennrich et al. 2016), as in the tokenizers library: among all adjacent
 * pairs in the table the pair of the lowest rank is merged first, and the leftmost among equal ranks.
 */
export class HubBpe implements Cut {
  readonly vocabulary: Vocabulary
  /** The ranks of merges by the ids of both sides, left · size + right; and the tokens that they make, by rank. */
  readonly #ranks = new Map<number, number>()
  readonly #made: Int32Array
  readonly #size: number
  readonly unknown: number | null
  readonly #fusesUnknown: boolean
  readonly #bytes: number[] | null
  readonly #prefix: string
  readonly #suffix: string
  readonly #ignoresMerges: boolean
  readonly #queue = new MergeQueue()

  constructor(spec: Spec) {
    this.vocabulary = readVocabulary(Object.entries(spec.object('vocab')), spec)
    const { ids, tokens } = this.vocabulary
    this.#size = tokens.length
    const unknown = spec.value('unk_token') === undefined ? undefined : spec.text('unk_token')
    this.unknown = unknown === undefined ? null : (ids.get(unknown) ?? null)
    this.#fusesUnknown = spec.flag('fuse_unk', false)
    this.#bytes = spec.flag('byte_fallback', false) ? byteTokens(ids) : null
    this.#prefix = spec.text('continuing_subword_prefix', '')
    this.#suffix = spec.text('end_of_word_suffix', '')
    this.#ignoresMerges = spec.flag('ignore_merges', false)
    const merges = spec.list('merges')
    this.#made = new Int32Array(merges.length)
    merges.forEach((merge, rank) => {
      const [left, right] = sidesOf(merge)
      const [a, b] = [ids.get(left ?? ''), ids.get(right ?? '')]
      const id =
        a === undefined || b === undefined ? undefined : ids.get(left + present(right).slice(this.#prefix.length))
      if (id === undefined)
        throw spec.damaged(`merges[${rank}], ${shownJson(merge)}, is not made of two tokens that form a third`)
      this.#ranks.set(present(a) * this.#size + present(b), rank)
      this.#made[rank] = id
    })
  }

  idsOf(word: string): number[] {
    if (this.#ignoresMerges) {
      const whole = this.vocabulary.ids.get(word)
      if (whole !== undefined) return [whole]
    }
    return this.#merge(this.#symbols(word))
  }

  /** The ids of the characters of a word. */
  #symbols(word: string): number[] {
    const { ids } = this.vocabulary
    const symbols: number[] = []
    let isUnknown = false
    const characters = Array.from(word)
    characters.forEach((character, i) => {
      const marked = (i > 0 ? this.#prefix : '') + character + (i === characters.length - 1 ? this.#suffix : '')
      const id = ids.get(marked)
      if (id !== undefined) symbols.push(id)
      else if (this.#bytes) for (const byte of utf8Of(marked)) symbols.push(this.#bytes[byte])
      else if (this.unknown !== null && !(isUnknown && this.#fusesUnknown)) symbols.push(this.unknown)
      isUnknown = id === undefined
    })
    return symbols
  }

  #merge(symbols: number[]): number[] {
    const queue = this.#queue
    const { length } = symbols
    // Symbols by number. A merged symbol keeps the number of its left part; the right part becomes -1.
    const next = Int32Array.from({ length }, (_, i) => i + 1)
    const previous = Int32Array.from({ length }, (_, i) => i - 1)
    const offer = (left: number, right: number) => {
      if (left < 0 || right >= length) return
      const rank = this.#ranks.get(symbols[left] * this.#size + symbols[right])
      if (rank !== undefined) queue.push(-rank, left, right, this.#made[rank], 0)
    }
    queue.clear()
    for (let right = 1; right < length; right++) offer(right - 1, right)
    while (queue.pop()) {
      const { left, right, node: id } = queue
      if (symbols[left] < 0 || symbols[right] < 0 || next[left] !== right) continue
      // The entry is stale if one of the two symbols has been merged since.
      const rank = this.#ranks.get(symbols[left] * this.#size + symbols[right])
      if (rank === undefined || this.#made[rank] !== id) continue
      symbols[left] = id
      symbols[right] = -1
      next[left] = next[right]
      if (next[left] < length) previous[next[left]] = left
      offer(previous[left], left)
      offer(left, next[left])
    }
    return symbols.filter((symbol) => symbol >= 0)
  }
}

/** A merge is written as a list of two tokens, or as a text with a space between them. */
function sidesOf(merge: unknown): [string?, string?] {
  const sides = typeof merge === 'string' ? merge.split(' ') : merge
  if (!Array.isArray(sides) || sides.length !== 2 || !sides.every((side) => typeof side === 'string')) return []
  return sides as [string, string]
}
