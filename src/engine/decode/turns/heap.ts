/** A binary heap whose least item comes first. */
export class Heap<T> {
  readonly #items: T[] = []
  readonly #isBefore: (a: T, b: T) => boolean

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(item, items[parent])) break
      items[at] = items[parent]
      at = parent
    }
    items[at] = item
  }

  /** Takes the first item out. */
  pop(): void {
    const last = this.#items.pop()!
    if (!this.#items.length) return
    this.#items[0] = last
    this.sink()
  }

  /** Restores the heap after its first item has grown. */
  sink(): void {
    const items = this.#items
    const item = items[0]
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.#isBefore(items[child + 1], items[child])) child++
      if (!this.#isBefore(items[child], item)) break
      items[at] = items[child]
      at = child
    }
    items[at] = item
  }
}
