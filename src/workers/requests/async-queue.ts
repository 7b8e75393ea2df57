import { present } from '../../base/present.ts'
/** An asynchronous queue for one `for await` loop. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = []
  #ended = false
  #failure: { error: unknown } | null = null
  #wake = () => {}

  push(item: T): void {
    this.#items.push(item)
    this.#wake()
  }

  /** Ends the loop after the items that have been pushed. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** Makes the loop throw this error after the items that have been pushed. */
  fail(error: unknown): void {
    this.#failure = { error }
    this.end()
  }

  /** Ends the loop when the work ends, with the work's error if it fails. */
  endWith(work: Promise<unknown>): void {
    work.then(
      () => this.end(),
      (error) => this.fail(error),
    )
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#items.length) yield present(this.#items.shift())
      if (this.#failure) throw this.#failure.error
      if (this.#ended) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
