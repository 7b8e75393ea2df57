/** Tags that have begun and not ended, with their names. */
export class OpenTags<T> {
  readonly #open: { name: string; tag: T }[] = []
  /** Of each name, where its tags stand in the list; places that others have taken since are passed over. */
  readonly #places = new Map<string, number[]>()

  /** The tags that have not ended, the outermost first. */
  get all(): T[] {
    return this.#open.map(({ tag }) => tag)
  }

  open(name: string, tag: T): void {
    const places = this.#places.get(name)
    if (places) places.push(this.#open.length)
    else this.#places.set(name, [this.#open.length])
    this.#open.push({ name, tag })
  }

  /** Ends the innermost tag of a name. Returns the tag and those within it that have not ended; null where none of this name is open. */
  close(name: string): [tag: T, ...across: T[]] | null {
    const places = this.#places.get(name) ?? []
    for (let place = places.pop(); place !== undefined; place = places.pop())
      if (this.#open[place]?.name === name)
        return this.#open.splice(place).map(({ tag }) => tag) as [tag: T, ...across: T[]]
    return null
  }
}
