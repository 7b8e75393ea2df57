import type { Piece } from './translation.ts'

/** A queue of pieces, from which one `for await` loop takes. */
export class PieceQueue implements AsyncIterable<Piece> {
  readonly #pieces: Piece[] = []
  #ended = false
  #failure: { error: unknown } | null = null
  #wake = () => {}

  push(text: string): void {
    this.#pieces.push({ text })
    this.#wake()
  }

  /** Ends the loop behind the pieces that have been pushed. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** Makes the loop throw this error behind the pieces that have been pushed. */
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
