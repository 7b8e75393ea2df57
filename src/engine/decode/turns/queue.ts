/**
 * A queue, first in, first out. Taking an item does not move the others, as `shift` of an array would: a text may have
 * half a million sentences.
 */
export class Queue<T> {
  #items: T[] = []
  /** The index of the first item that has not been taken. */
  #begin = 0

  get length(): number {
    return this.#items.length - this.#begin
  }

  /** The item that is taken next; undefined if the queue is empty. */
  get first(): T | undefined {
    return this.#items[this.#begin]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Puts an item in front of the others. */
  putBack(item: T): void {
    if (this.#begin > 0) this.#items[--this.#begin] = item
    else this.#items.unshift(item)
  }

  /** Takes the first item out. */
  take(): T {
    const item = this.#items[this.#begin++]
    if (2 * this.#begin > this.#items.length) this.drop(() => false) // so that taken items do not fill the memory
    return item
  }

  /** Removes all items for which `is` returns true. */
  drop(is: (item: T) => boolean): void {
    this.#items = this.#items.slice(this.#begin).filter((item) => !is(item))
    this.#begin = 0
  }
}
