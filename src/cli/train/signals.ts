/** mpirun passes SIGUSR2 on to its ranks and does not end them soon after. */
const statuses = { SIGINT: 130, SIGTERM: 143, SIGUSR2: 140 } as const
const names = Object.keys(statuses) as (keyof typeof statuses)[]

/**
 * Ends a training gracefully: once this object listens, the first Ctrl-C, SIGTERM or SIGUSR2 fires `signal`. Before
 * that, and at a second signal, the system ends the process at once, even while JavaScript is busy with a vocabulary or
 * a step.
 */
export class SoftEnd {
  readonly #controller = new AbortController()
  readonly #heard: () => void
  /** The exit status for the received signal. */
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
