/**
 * The end of a text that more ids may change: the bytes of a character that are incomplete decode to U+FFFD, and the space before
 * what may become an English contraction may be taken out (`cleanUpSpaces`).
 */
const UNCERTAIN = /(?: (?:n?'?|'[vr]))?\uFFFD*$/

/** Turns growing ids of sentences, which may become known out of order, into pieces of one text. */
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

  /** `spaces`: the white space before each sentence, and that after the last. */
  constructor(spaces: readonly string[], decode: (ids: readonly number[]) => string, piece: (text: string) => void) {
    this.#spaces = spaces
    this.#decode = decode
    this.#piece = piece
    this.#pending = spaces[0]
  }

  /** Sentence `index` begins with these ids, or is them as a whole. */
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

  /** The current sentence, if it has ended. */
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
