import { type ErrorCode, GlassformerError, shown } from './errors.ts'

/**
 * What `read` makes of a caller's value. What the value itself throws while it is read, as a revoked proxy does, or a getter of the
 * caller's, becomes `code`, with that as its cause. `what` names the value: 'the options' for instance.
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

/** @throws TypeError where the buffer of an array is detached: it has been given to another thread. To be used within `reading`. */
export function readAttached({ buffer }: ArrayBufferView): void {
  new Uint8Array(buffer, 0, 0)
}
