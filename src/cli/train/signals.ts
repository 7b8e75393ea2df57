const statuses = { SIGINT: 130, SIGTERM: 143 } as const
const names = Object.keys(statuses) as (keyof typeof statuses)[]

/**
 * Ends a training softly: once it listens, the first Ctrl-C or SIGTERM fires `signal`. Before that, and for a second one, nobody
 * listens: the system ends the process at once, even while JavaScript is busy with a vocabulary or a step.
 */
export class SoftEnd {
  readonly #controller = new AbortController()
  readonly #heard: () => void
  /** The exit status of what has been heard. */
  status: number | null = null

  constructor(heard: () => void) {
    this.#heard = heard
    leaveToSystem()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  listen(): void {
    for (const name of names)
      process.on(name, () => {
        leaveToSystem()
        this.status = statuses[name]
        this.#heard()
        this.#controller.abort()
      })
  }
}

function leaveToSystem(): void {
  for (const name of names) process.removeAllListeners(name)
}
