import { GlassformerError, isError } from './errors.ts'

/**
 * Zeros in memory that threads can share; in memory of this thread where the engine has no shared memory, as browsers
 * without cross-origin isolation.
 */
export const sharedMemory = (bytes: number): SharedArrayBuffer | ArrayBuffer =>
  typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes)

/** The result of `make`, which takes `bytes` bytes of memory. @throws GlassformerError ERR_MEMORY where there is no such memory */
export function allocated<T>(bytes: number, make: () => T): T {
  try {
    return make()
  } catch (cause) {
    if (!isError(cause) || cause.name !== 'RangeError') throw cause
    throw new GlassformerError(
      'ERR_MEMORY',
      `there is no memory for ${bytes} bytes: fewer workers, beams or batchTokens, or weights in int8, take less`,
      { cause },
    )
  }
}
