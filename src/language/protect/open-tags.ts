/** Open tags, with their names. */
export class OpenTags<T> {
  readonly #open: { name: string; tag: T }[] = []
  /** The positions of a name's tags in the list; positions since reused by others are skipped. */
  readonly #places = new Map<string, number[]>()

  /** The open tags, the outermost first. */
  get all(): T[] {
    return this.#open.map(({ tag }) => tag)
  }

  open(name: string, tag: T): void {
    const places = this.#places.get(name)
    if (places) places.push(this.#open.length)
    else this.#places.set(name, [this.#open.length])
    this.#open.push({ name, tag })
  }

  /**
   * Closes the innermost tag of a name. Returns the tag and the open tags within it; null where no tag of this name is
   * open.
   */
  close(name: string): [tag: T, ...across: T[]] | null {
    const places = this.#places.get(name) ?? []
    for (let place = places.pop(); place !== undefined; place = places.pop())
      if (this.#open[place]?.name === name)
        return this.#open.splice(place).map(({ tag }) => tag) as [tag: T, ...across: T[]]
    return null
  }
}
