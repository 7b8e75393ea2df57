/** Pieces of the parts of a text, which are translated at the same time and passed on in their order. */
export class OrderedPieces {
  readonly #piece: (text: string) => void
  /** The text of each part that is not passed on yet, from the first part that has not ended. */
  readonly #open: { text: string; isDone: boolean }[] = []

  constructor(piece: (text: string) => void) {
    this.#piece = piece
  }

  /** Begins the next part, with what stands before it. */
  next(before = ''): { push(text: string): void; end(): void } {
    const own = { text: before, isDone: false }
    this.#open.push(own)
    return {
      push: (text) => {
        own.text += text
        this.#passOn()
      },
      end: () => {
        own.isDone = true
        this.#passOn()
      },
    }
  }

  #passOn(): void {
    for (let first = this.#open[0]; first; first = this.#open[0]) {
      if (first.text) this.#piece(first.text)
      first.text = ''
      if (!first.isDone) return
      this.#open.shift()
    }
  }
}
