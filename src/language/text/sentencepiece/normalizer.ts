import { GlassformerError } from '../../../base/errors.ts'
import { LONGEST_NORMALIZED } from '../../../base/limits.ts'
import { whole } from '../../../base/values/number-text.ts'
import type { NormalizerSpec } from '../../../formats/pieces/sentencepiece-model.ts'
import { Charsmap } from './charsmap.ts'
import type { PieceTrie } from './piece-trie.ts'
import { characterLength } from './utf8.ts'

const SPACE = 0x20
/** ▁ (U+2581) in UTF-8, which replaces a space. */
const META = [0xe2, 0x96, 0x81] as const
/** Buffers larger than this are freed at the next text. */
const KEPT_BYTES = 1 << 20

/**
 * Normalizes a text for the lookup of pieces, as SentencePiece's Normalizer does: it applies the longest rule of the
 * charsmap repeatedly from the left, and then the rules for white space.
 *
 * The result stays in `bytes` (`length` bytes of UTF-8) until the next call.
 */
export class Normalizer {
  readonly #spec: NormalizerSpec
  readonly #suffix: boolean
  readonly #charsmap: Charsmap | null
  readonly #protectedTexts: PieceTrie | null
  readonly #encoder = new TextEncoder()
  #source = new Uint8Array(1024)
  bytes = new Uint8Array(4096)
  length = 0

  /**
   * `suffix` puts the dummy ▁ at the end instead of the beginning; `protectedTexts` (the user-defined symbols) are not
   * changed.
   */
  constructor(spec: NormalizerSpec, suffix: boolean, protectedTexts: PieceTrie | null) {
    this.#spec = spec
    this.#suffix = suffix
    this.#charsmap = spec.charsmap.length > 0 ? new Charsmap(spec.charsmap) : null
    this.#protectedTexts = protectedTexts
  }

  normalize(text: string): void {
    this.length = 0
    if (text === '') return
    const end = this.#encode(text)
    const { addDummyPrefix, removeExtraWhitespaces } = this.#spec
    let at = 0
    if (removeExtraWhitespaces) {
      while (at < end) {
        this.#match(at, end)
        if (this.#to - this.#from !== 1 || this.#matched[this.#from] !== SPACE) break
        at = this.#next
      }
      if (at === end) return
    }
    if (addDummyPrefix && !this.#suffix) this.#pushSpace()
    this.#replace(at, end)
    if (removeExtraWhitespaces) this.#trimEnd()
    if (addDummyPrefix && this.#suffix) this.#pushSpace()
  }

  // The replacement at a position of the text, matched[from … to), and the position after the match. These are fields,
  // which avoids an object for each call.
  #matched: Uint8Array = this.#source
  #from = 0
  #to = 0
  #next = 0

  #match(at: number, end: number): void {
    const source = this.#source
    this.#matched = source
    this.#from = at
    if (this.#protectedTexts !== null) {
      const stop = this.#protectedTexts.longest(source, at, end)
      if (stop > at) {
        this.#to = this.#next = stop
        return
      }
    }
    const charsmap = this.#charsmap
    const stop = charsmap === null ? at : charsmap.longest(source, at, end)
    if (charsmap === null || stop === at) {
      this.#to = this.#next = Math.min(at + characterLength(source[at]), end)
      return
    }
    this.#matched = charsmap.replacements
    this.#from = charsmap.replacement
    let to = this.#from
    while (this.#matched[to] !== 0) to++
    this.#to = to
    this.#next = stop
  }

  #replace(begin: number, end: number): void {
    const removeExtra = this.#spec.removeExtraWhitespaces
    let afterSpace = removeExtra
    for (let at = begin; at < end; at = this.#next) {
      this.#match(at, end)
      const matched = this.#matched
      const to = this.#to
      let from = this.#from
      while (afterSpace && from < to && matched[from] === SPACE) from++
      if (from === to) continue
      this.#reserve(3 * (to - from))
      for (let k = from; k < to; k++) {
        if (matched[k] === SPACE) this.#pushSpace()
        else this.bytes[this.length++] = matched[k]
      }
      afterSpace = removeExtra && matched[to - 1] === SPACE
    }
  }

  #pushSpace(): void {
    if (!this.#spec.escapeWhitespaces) {
      this.bytes[this.length++] = SPACE
      return
    }
    this.bytes[this.length] = META[0]
    this.bytes[this.length + 1] = META[1]
    this.bytes[this.length + 2] = META[2]
    this.length += 3
  }

  #trimEnd(): void {
    const { bytes } = this
    if (!this.#spec.escapeWhitespaces) {
      while (this.length > 0 && bytes[this.length - 1] === SPACE) this.length--
      return
    }
    const endsInMeta = () =>
      bytes[this.length - 1] === META[2] && bytes[this.length - 2] === META[1] && bytes[this.length - 3] === META[0]
    while (this.length >= 3 && endsInMeta()) this.length -= 3
  }

  /**
   * Writes the text to `#source` as UTF-8 (lone surrogates become U+FFFD), and allocates the usual size of the result.
   * Returns the length of the UTF-8.
   */
  #encode(text: string): number {
    const size = 3 * text.length
    if (this.#source.length < size || (this.#source.length > KEPT_BYTES && size <= KEPT_BYTES))
      this.#source = new Uint8Array(Math.max(size, 1024))
    if (this.bytes.length > 4 * KEPT_BYTES && size <= KEPT_BYTES) this.bytes = new Uint8Array(4096)
    this.#reserve(16)
    return this.#encoder.encodeInto(text, this.#source).written
  }

  /** Allocates `more` bytes, and a space symbol at either end. */
  #reserve(more: number): void {
    const needed = this.length + more + 8
    if (needed <= this.bytes.length) return
    if (this.length > LONGEST_NORMALIZED)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `a text of more than ${whole(LONGEST_NORMALIZED)} bytes, when the replacement rules of the tokenizer have been applied: give it in parts`,
      )
    const larger = new Uint8Array(2 * needed)
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}
