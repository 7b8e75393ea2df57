/** Turns growing ids of sentences, which may become known out of order, into pieces of one text. */
export class TextStream {
  readonly #known: { text: string; ended: boolean }[]
  readonly #spaces: readonly string[]
  readonly #decode: (ids: readonly number[]) => string
  readonly #piece: (text: string) => void
  #sent = ''

  /** `spaces`: the white space before each sentence, and that after the last. */
  constructor(spaces: readonly string[], decode: (ids: readonly number[]) => string, piece: (text: string) => void) {
    this.#spaces = spaces
    this.#decode = decode
    this.#piece = piece
    this.#known = spaces.slice(1).map(() => ({ text: '', ended: false }))
  }

  /** Sentence `index` begins with these ids, or is them as a whole. */
  grow(index: number, ids: readonly number[], ended: boolean): void {
    const text = this.#decode(ids)
    // The bytes of a character may still be incomplete, and they decode to U+FFFD then.
    this.#known[index] = { text: ended ? text : text.replace(/\uFFFD+$/, ''), ended }
    const certain = this.#certain()
    if (certain.length <= this.#sent.length || !certain.startsWith(this.#sent)) return
    this.#piece(certain.slice(this.#sent.length))
    this.#sent = certain
  }

  #certain(): string {
    let certain = this.#spaces[0]
    for (let i = 0; i < this.#known.length; i++) {
      certain += this.#known[i].text
      if (!this.#known[i].ended) break
      certain += this.#spaces[i + 1]
    }
    return certain
  }
}
