/** Zeros in memory that threads can share; where the engine has none, as browsers without cross-origin isolation, in memory of this thread. */
export const sharedMemory = (bytes: number): SharedArrayBuffer | ArrayBuffer =>
  typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes)
