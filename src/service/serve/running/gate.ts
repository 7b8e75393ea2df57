import { GlassformerError } from '../../../base/errors.ts'

/** Counts the requests that a server has accepted, and refuses further ones once it is to stop. */
export class Gate {
  #open = 0
  #isClosing = false
  #waiting: (() => void)[] = []

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** Requests that are under way. */
  get open(): number {
    return this.#open
  }

  /** Accepts a request; the returned function says that it has been answered. @throws GlassformerError ERR_CLOSED */
  enter(): () => void {
    if (this.#isClosing)
      throw new GlassformerError(
        'ERR_CLOSED',
        'the server is about to stop and takes no further requests: ask again, or another one',
      )
    this.#open++
    let isDone = false
    return () => {
      if (isDone) return
      isDone = true
      if (--this.#open === 0) for (const resolve of this.#waiting.splice(0)) resolve()
    }
  }

  /** Accepts no more. Resolves when all that were accepted have been answered. */
  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
