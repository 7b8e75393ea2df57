import type { NormalizerSpec } from '../../../formats/pieces/sentencepiece-model.ts'
import { Normalizer } from '../../../language/text/sentencepiece/normalizer.ts'
import type { BoundedCounts } from './bounded-counts.ts'

/** Counts each word's occurrences. A vocabulary is trained on this table, never on the texts themselves. */
export class WordCounts {
  readonly #counts: BoundedCounts
  readonly #normalizer: Normalizer

  /** Texts with another normalization may be counted in the same `counts`. */
  constructor(normalizer: NormalizerSpec, counts: BoundedCounts) {
    this.#normalizer = new Normalizer(normalizer, false, null)
    this.#counts = counts
  }

  /** Counts the normalized words of one text, each with its ▁. */
  add(text: string): void {
    const normalizer = this.#normalizer
    normalizer.normalize(text)
    const { bytes, length } = normalizer
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, length)
    let begin = 0
    for (let at = 0; at + 3 <= length; at++)
      if (isMeta(bytes, at)) {
        this.#count(buffer, begin, at)
        begin = at
      }
    this.#count(buffer, begin, length)
  }

  #count(buffer: Buffer, begin: number, end: number): void {
    if (begin !== end) this.#counts.add(buffer.toString('utf8', begin, end))
  }
}

const isMeta = (bytes: Uint8Array, at: number) => bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81
