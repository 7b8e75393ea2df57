/**
 * Zeros in memory that threads can share; in memory of this thread where the engine has no shared memory, as browsers
 * without cross-origin isolation.
 */
export const sharedMemory = (bytes: number): SharedArrayBuffer | ArrayBuffer =>
  typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes)
