const statuses = { SIGINT: 130, SIGTERM: 143 } as const
const names = Object.keys(statuses) as (keyof typeof statuses)[]

/**
 * Ends a training softly: once it listens, the first Ctrl-C or SIGTERM fires `signal`. A second one ends the process at once, even
 * within a step: then nobody listens any more, and the system does it.
 */
export class SoftEnd {
  readonly #controller = new AbortController()
  readonly #heard: () => void
  /** The exit status of what has been heard. */
  status: number | null = null

  constructor(heard: () => void) {
    this.#heard = heard
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** In place of all others who do. They leave last: while nobody listens, Node.js forgets a signal that has come and is not told yet. */
  listen(): void {
    for (const name of names) {
      const others = process.listeners(name)
      process.on(name, () => {
        for (const each of names) process.removeAllListeners(each)
        this.status = statuses[name]
        this.#heard()
        this.#controller.abort()
      })
      for (const each of others) process.off(name, each)
    }
  }
}
