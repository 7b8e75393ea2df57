/** A queue of events, from which one `for await` loop takes. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #events: T[] = []
  #isEnded = false
  #failure: { error: unknown } | null = null
  #wake = () => {}

  push(event: T): void {
    this.#events.push(event)
    this.#wake()
  }

  /** Ends the loop behind the events that have been pushed, when the work has ended, and by its error where it fails. */
  endWith(work: Promise<unknown>): void {
    work
      .catch((error: unknown) => {
        this.#failure = { error }
      })
      .finally(() => {
        this.#isEnded = true
        this.#wake()
      })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#events.length) yield this.#events.shift()!
      if (this.#failure) throw this.#failure.error
      if (this.#isEnded) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
