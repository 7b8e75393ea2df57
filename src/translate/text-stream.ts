/**
 * The end of a text that more ids may change. Incomplete bytes of a character decode to U+FFFD, and `cleanUpSpaces` may take out the space
 * before letters that may become an English contraction.
 */
const UNCERTAIN = /(?: (?:n?'?|'[vr]))?\uFFFD*$/

/** Turns the growing ids of sentences into pieces of one text. The sentences may become known out of order. */
export class TextStream {
  readonly #spaces: readonly string[]
  readonly #decode: (ids: readonly number[]) => string
  readonly #piece: (text: string) => void
  /** The whole texts of sentences behind the current one. */
  readonly #ended = new Map<number, string>()
  /** The first sentence that has not ended, and how much of its text has been sent. */
  #current = 0
  #sent = 0
  #pending: string

  /** `spaces` has the white space before each sentence, and the white space after the last. */
  constructor(spaces: readonly string[], decode: (ids: readonly number[]) => string, piece: (text: string) => void) {
    this.#spaces = spaces
    this.#decode = decode
    this.#piece = piece
    this.#pending = spaces[0]
  }

  /** Tells that sentence `index` begins with these ids; with `ended`, that they are the whole sentence. */
  grow(index: number, ids: readonly number[], ended: boolean): void {
    if (ended) this.#ended.set(index, this.#decode(ids))
    if (index !== this.#current) return
    if (!ended) this.#add(this.#decode(ids).replace(UNCERTAIN, ''))
    for (let text = this.#take(); text !== undefined; text = this.#take()) {
      this.#add(text)
      this.#pending += this.#spaces[++this.#current]
      this.#sent = 0
    }
    if (this.#pending) this.#piece(this.#pending)
    this.#pending = ''
  }

  /** Takes the text of the current sentence out, if the sentence has ended. */
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
