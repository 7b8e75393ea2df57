import type { Piece } from './translation.ts'

/** Pieces on their way from where they are pushed to one `for await` loop. */
export class PieceQueue implements AsyncIterable<Piece> {
  readonly #pieces: Piece[] = []
  #ended = false
  #failure: { error: unknown } | null = null
  #wake = () => {}

  push(text: string): void {
    this.#pieces.push({ text })
    this.#wake()
  }

  /** The loop ends behind the pieces that have been pushed. */
  end(): void {
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
