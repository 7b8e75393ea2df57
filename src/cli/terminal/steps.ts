import { setImmediate as turn } from 'node:timers/promises'

/**
 * Takes the steps of a generator one by one, so that signals arrive, and gives what it returns. A signal that ends the process ends the
 * generator too, which leaves no half of a file.
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
