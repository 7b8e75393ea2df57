import { setImmediate as turn } from 'node:timers/promises'

/**
 * Runs a generator step by step, so that signals are handled between steps, and returns its result. A signal that ends
 * the process also ends the generator, which then removes incomplete files.
 */
export async function finished<T>(steps: Generator<void, T>): Promise<T> {
  const leave = () => steps.return(undefined as T)
  process.once('exit', leave)
  try {
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
      await turn()
    }
  } finally {
    process.removeListener('exit', leave)
  }
}
