import type { Piece } from './translation.ts'

/** Pieces on their way from where they are pushed to one `for await` loop. */
export class PieceQueue implements AsyncIterable<Piece> {
  readonly #pieces: Piece[] = []
  #sent = 0
  #ended = false
  #failure: { error: unknown } | null = null
  #wake = () => {}

  push(text: string): void {
    this.#sent += text.length
    this.#pieces.push({ text })
    this.#wake()
  }

  /** The text is complete: what has not been pushed of it is. */
  end(text: string): void {
    if (text.length > this.#sent) this.push(text.slice(this.#sent))
    this.#ended = true
    this.#wake()
  }

  /** The loop throws this after the pieces that have been pushed. */
  fail(error: unknown): void {
    this.#failure = { error }
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Piece, void, undefined> {
    for (;;) {
      while (this.#pieces.length) yield this.#pieces.shift()!
      if (this.#failure) throw this.#failure.error
      if (this.#ended) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
