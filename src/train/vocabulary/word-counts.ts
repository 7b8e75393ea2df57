import type { NormalizerSpec } from '../../formats/sentencepiece-model.ts'
import { Normalizer } from '../../text/normalizer.ts'
import { PieceTrie } from '../../text/piece-trie.ts'

/** Past this many different words, those that were seen least are forgotten, so that a table cannot fill the memory. */
const MOST_WORDS = 4_000_000

/** How often each word occurs: a vocabulary is trained on this table, never on the texts themselves. */
export class WordCounts {
  /** Normalised words, each with its ▁ in front, with how often they occur. */
  readonly words = new Map<string, number>()
  readonly #normalizer: Normalizer
  readonly #protectedTexts: PieceTrie | null
  readonly #mostWords: number

  /** `protectedTexts` (the user-defined symbols) are taken out of the texts: nothing is to be learnt of them. */
  constructor(normalizer: NormalizerSpec, protectedTexts: readonly string[] = [], mostWords = MOST_WORDS) {
    this.#protectedTexts = protectedTexts.length === 0 ? null : new PieceTrie(protectedTexts, () => true)
    this.#normalizer = new Normalizer(normalizer, false, this.#protectedTexts)
    this.#mostWords = mostWords
  }

  /** Counts the words of one text. */
  add(text: string): void {
    const normalizer = this.#normalizer
    normalizer.normalize(text)
    const { bytes, length } = normalizer
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, length)
    let begin = 0
    for (let at = 0; at < length; ) {
      const stop = this.#protectedTexts?.longest(bytes, at, length) ?? at
      if (stop > at) {
        this.#count(buffer, begin, at)
        begin = at = stop
        continue
      }
      if (isMeta(bytes, at) && at + 3 <= length) {
        this.#count(buffer, begin, at)
        begin = at
      }
      at++
    }
    this.#count(buffer, begin, length)
  }

  #count(buffer: Buffer, begin: number, end: number): void {
    if (begin === end) return
    const word = buffer.toString('utf8', begin, end)
    this.words.set(word, (this.words.get(word) ?? 0) + 1)
    if (this.words.size > this.#mostWords) this.#forget()
  }

  /** Halves the table: lossy, but the words that are forgotten are those that no piece would come of. */
  #forget(): void {
    for (let least = 1; this.words.size > this.#mostWords / 2; least *= 2)
      for (const [word, count] of this.words) if (count <= least) this.words.delete(word)
  }
}

const isMeta = (bytes: Uint8Array, at: number) => bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81
