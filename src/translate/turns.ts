/**
 * The sentences of one text as they join the line of all that wait: so many at a time that they fill a batch. When one is done the
 * next join the end of the line, and what came meanwhile need not wait for the whole of a long text.
 */
export class Turns {
  readonly #loads: readonly number[]
  readonly #most: number
  readonly #join: (index: number) => void
  #next = 0
  /** Of those that have joined and are not done. */
  #load = 0

  /** `loads`: how much work each sentence is; `most`: how much of it has joined and is not done, at least one sentence. */
  constructor(loads: readonly number[], most: number, join: (index: number) => void) {
    this.#loads = loads
    this.#most = most
    this.#join = join
  }

  begin(): void {
    while (this.#next < this.#loads.length) {
      const load = this.#loads[this.#next]
      if (this.#load > 0 && this.#load + load > this.#most) return
      this.#load += load
      this.#join(this.#next++)
    }
  }

  done(index: number): void {
    this.#load -= this.#loads[index]
    this.begin()
  }
}
