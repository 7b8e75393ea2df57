import { onAbort } from './pool/on-abort.ts'

/**
 * Works while a function of the caller is told how far the work is. Where the function throws, the work is stopped, and what it has thrown is
 * thrown here.
 */
export async function told<Arguments extends unknown[], Result>(
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
