import type { NormalizerSpec } from '../../formats/sentencepiece-model.ts'
import { Normalizer } from '../../text/normalizer.ts'
import { PieceTrie } from '../../text/piece-trie.ts'
import { BoundedCounts } from './bounded-counts.ts'

/** How often each word occurs: a vocabulary is trained on this table, never on the texts themselves. */
export class WordCounts {
  readonly #counts: BoundedCounts
  readonly #normalizer: Normalizer
  readonly #protectedTexts: PieceTrie | null

  /**
   * `protectedTexts` (the user-defined symbols) are taken out of the texts: nothing is to be learnt of them. Texts that are normalised
   * otherwise may be counted in the same `counts`.
   */
  constructor(normalizer: NormalizerSpec, protectedTexts: readonly string[] = [], counts = new BoundedCounts()) {
    this.#protectedTexts = protectedTexts.length === 0 ? null : new PieceTrie(protectedTexts, () => true)
    this.#normalizer = new Normalizer(normalizer, false, this.#protectedTexts)
    this.#counts = counts
  }

  /** Normalised words, each with its ▁ in front, with how often they occur. */
  get words(): ReadonlyMap<string, number> {
    return this.#counts.words
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
    if (begin !== end) this.#counts.add(buffer.toString('utf8', begin, end))
  }
}

const isMeta = (bytes: Uint8Array, at: number) => bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81
