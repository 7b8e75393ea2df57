import type { Tokenizer } from './tokenizer.ts'

/** One id in this many is checked for being a word. */
const MOST_TRIED = 4096

/** Bytes that are not a character by themselves are represented by private use characters. */
const PRIVATE = 0xe000
const PRIVATE_SIZE = 0x1900

/**
 * The text that each target id adds, including the space before a word. An id that is part of a character has a private
 * use character instead.
 */
export class PieceTexts {
  readonly #decode: Tokenizer['decode']
  readonly #size: number
  readonly #texts: string[] = []
  #before: { ids: number[]; text: string } | null = null

  constructor(tokenizer: Tokenizer) {
    this.#decode = tokenizer.decode.bind(tokenizer)
    this.#size = tokenizer.targetSize
  }

  of(id: number): string {
    this.#texts[id] ??= this.#make(id)
    return this.#texts[id]
  }

  #make(id: number): string {
    this.#before ??= this.#anyWord()
    const { ids, text } = this.#before
    const added = this.#decode([...ids, id]).slice(text.length)
    return added.includes('\uFFFD') ? String.fromCharCode(PRIVATE + (id % PRIVATE_SIZE)) : added
  }

  /** A word to put first, because decoders treat the beginning of a text specially. */
  #anyWord(): { ids: number[]; text: string } {
    for (let id = 0; id < Math.min(this.#size, MOST_TRIED); id++) {
      const text = this.#decode([id])
      if (/^\p{L}{2,}$/u.test(text)) return { ids: [id], text }
    }
    return { ids: [], text: '' }
  }
}
