import { GlassformerError } from '../../../base/errors.ts'

/** Counts accepted requests, and refuses further ones when the server is stopping. */
export class Gate {
  #open = 0
  #isClosing = false
  #waiting: (() => void)[] = []

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** The number of requests in progress. */
  get open(): number {
    return this.#open
  }

  /** Accepts a request; the returned function reports its answer. @throws GlassformerError ERR_CLOSED */
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

  /** Stops accepting requests. Resolves when all accepted requests have been answered. */
  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
