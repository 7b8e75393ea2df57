/** First in, first out. Taking one moves no other, as an array's `shift` does: a text may have half a million sentences. */
export class Queue<T> {
  #items: T[] = []
  /** Those before this place have been taken. */
  #begin = 0

  get length(): number {
    return this.#items.length - this.#begin
  }

  /** The one that is taken next; undefined where there is none. */
  get first(): T | undefined {
    return this.#items[this.#begin]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the first out. */
  take(): T {
    const item = this.#items[this.#begin++]
    if (2 * this.#begin > this.#items.length) this.drop(() => false) // so that few that were taken are kept
    return item
  }

  /** Takes out all that `is` says yes to. */
  drop(is: (item: T) => boolean): void {
    this.#items = this.#items.slice(this.#begin).filter((item) => !is(item))
    this.#begin = 0
  }
}
