import { onAbort } from './on-abort.ts'

/**
 * Runs work with a progress callback of the caller. If the callback throws, the work is aborted, and the callback's
 * error is thrown.
 */
export async function withProgress<Arguments extends unknown[], Result>(
  tell: (...all: Arguments) => void,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal, tell: (...all: Arguments) => void) => Promise<Result>,
): Promise<Result> {
  const failing = new AbortController()
  if (signal?.aborted) failing.abort(signal.reason)
  const leave = signal && onAbort(signal, () => failing.abort(signal.reason))
  let thrown: { error: unknown } | null = null
  const guarded = (...all: Arguments) => {
    try {
      tell(...all)
    } catch (error) {
      thrown ??= { error }
      failing.abort()
    }
  }
  try {
    return await work(failing.signal, guarded)
  } catch (error) {
    throw thrown ? (thrown as { error: unknown }).error : error
  } finally {
    leave?.()
  }
}
