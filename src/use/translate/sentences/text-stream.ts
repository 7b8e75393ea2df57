/**
 * The end of a text that more ids may change. Incomplete bytes of a character decode to U+FFFD, and `cleanUpSpaces` may
 * remove the space before letters that may become an English contraction.
 */
const UNCERTAIN = /(?: (?:n?'?|'[vr]))?\uFFFD*$/

/** Turns growing sentences into pieces of one text. The sentences may become known out of order. */
export class TextStream {
  readonly #spaces: readonly string[]
  readonly #piece: (text: string) => void
  /** The whole texts of sentences after the current one. */
  readonly #ended = new Map<number, string>()
  /** The first sentence that has not ended, and the length of its text that has been sent. */
  #current = 0
  #sent = 0
  #pending: string

  /** `spaces` holds the text before each sentence, and the text after the last. */
  constructor(spaces: readonly string[], piece: (text: string) => void) {
    this.#spaces = spaces
    this.#piece = piece
    this.#pending = spaces[0]
  }

  /** Takes the text of the first ids of sentence `index`. */
  grow(index: number, text: () => string): void {
    if (index !== this.#current) return
    this.#add(text().replace(UNCERTAIN, ''))
    this.#send()
  }

  /** Takes the whole text of sentence `index`. */
  end(index: number, text: string): void {
    this.#ended.set(index, text)
    if (index !== this.#current) return
    for (let text = this.#take(); text !== undefined; text = this.#take()) {
      this.#add(text)
      this.#pending += this.#spaces[++this.#current]
      this.#sent = 0
    }
    this.#send()
  }

  #send(): void {
    if (this.#pending) this.#piece(this.#pending)
    this.#pending = ''
  }

  /** Removes and returns the text of the current sentence, if the sentence has ended. */
  #take(): string | undefined {
    const text = this.#ended.get(this.#current)
    this.#ended.delete(this.#current)
    return text
  }

  #add(text: string): void {
    this.#pending += text.slice(this.#sent)
    this.#sent = text.length
  }
}
