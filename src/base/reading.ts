import { type ErrorCode, GlassformerError, shown } from './errors.ts'

/**
 * Calls `read`, which reads a caller's value, and returns its result. An error that the value itself throws during
 * `read`, as a revoked proxy or a caller's getter may, becomes the cause of an error with `code`. `what` names the
 * value, 'the options' for instance.
 */
export function reading<T>(what: string, read: () => T, code: ErrorCode = 'ERR_OPTION'): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof GlassformerError) throw cause
    throw new GlassformerError(code, `${what} cannot be read: ${whyOf(cause)}`, { cause })
  }
}

function whyOf(cause: unknown): string {
  const message = (cause as Partial<Error> | null | undefined)?.message
  return typeof message === 'string' ? message : shown(cause)
}

/**
 * @throws TypeError where the buffer of an array is detached, because it was transferred to another thread. Call this
 * function within `reading`.
 */
export function readAttached({ buffer }: ArrayBufferView): void {
  new Uint8Array(buffer, 0, 0)
}
