import type { Tokenizer } from './tokenizer.ts'

/** So many ids are looked at for one whose text is a word. */
const MOST_TRIED = 4096

/** Bytes that are no character by themselves stand for characters of the private use area. */
const PRIVATE = 0xe000
const PRIVATE_SIZE = 0x1900

/**
 * What each target id adds to a text, the space in front of a word included. An id that is a part of a character has a character of its own
 * instead.
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

  /** A word to stand in front, since decoders treat the beginning of a text in a way of its own. */
  #anyWord(): { ids: number[]; text: string } {
    for (let id = 0; id < Math.min(this.#size, MOST_TRIED); id++) {
      const text = this.#decode([id])
      if (/^\p{L}{2,}$/u.test(text)) return { ids: [id], text }
    }
    return { ids: [], text: '' }
  }
}
