import { setTimeout as sleep } from 'node:timers/promises'
import { GlassformerError } from '../../base/errors.ts'

/** A fault that may pass when the request is repeated: a connection that broke or stalled, a busy server. */
export class PassingFault extends Error {
  /** Milliseconds after which the server asks for a retry; null where it does not say. */
  readonly after: number | null

  constructor(message: string, options: { after?: number | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.after = options.after ?? null
  }
}

/** The number of attempts, with growing delays, before the fault is considered permanent. */
const MOST_ATTEMPTS = 5
const FIRST_WAIT = 500
/** The longest delay in milliseconds that a server may ask for. */
const LONGEST_WAIT = 60_000

/**
 * Calls `work` until it succeeds without a passing fault. `work` receives `renew`, which it calls to report progress
 * and to restart the count of attempts.
 * @throws GlassformerError ERR_NETWORK where the fault persists
 */
export async function retrying<T>(signal: AbortSignal, work: (renew: () => void) => Promise<T>): Promise<T> {
  let attempts = 0
  for (;;) {
    try {
      return await work(() => {
        attempts = 0
      })
    } catch (fault) {
      signal.throwIfAborted()
      if (!(fault instanceof PassingFault)) throw fault
      attempts++
      const wait = fault.after ?? FIRST_WAIT * 2 ** (attempts - 1) * (0.75 + Math.random() / 2)
      if (attempts >= MOST_ATTEMPTS || wait > LONGEST_WAIT) throw stays(fault, attempts)
      await sleep(wait, undefined, { signal })
    }
  }
}

/** An error of the network that also says which environment variable names a mirror; any other error as it is. */
export function withMirror(error: unknown, variable: string): unknown {
  if (!(error instanceof GlassformerError) || error.code !== 'ERR_NETWORK') return error
  return new GlassformerError('ERR_NETWORK', `${error.message} (${variable} may name a mirror)`, { cause: error })
}

function stays(fault: PassingFault, attempts: number): GlassformerError {
  const later = fault.after === null ? 'try again later' : `try again in ${Math.ceil(fault.after / 1000)} s`
  const times = attempts > 1 ? ` (${attempts} attempts)` : ''
  return new GlassformerError(
    'ERR_NETWORK',
    `${fault.message}${times}; ${later}: what has come is kept, and the download goes on there`,
    { cause: fault },
  )
}
