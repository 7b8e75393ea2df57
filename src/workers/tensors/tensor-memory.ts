/*
 * Functions of tensors live in the thread of the caller, and tensors in that of a worker. They share memory: a header, the
 * positions of the rows, and the values. The worker writes a tensor and waits; the caller's thread, whose event loop goes
 * on meanwhile, runs the function, writes the values back and wakes the worker.
 */

/** Places in the header, in words of 32 bits. */
export const [STATE, INDEX, ROWS, WIDTH] = [0, 1, 2, 3]
export const HEADER = 64
/** The memory can grow to this size: a tensor of 200 tokens and 256,000 ids is 200 MB. */
export const MOST_BYTES = 2 ** 30

/** The values of `STATE`. */
export const [IDLE, CALLED, ANSWERED, FAILED, ENDED] = [0, 1, 2, 3, 4]

/** Memory that grows, as ES2024 has it. */
export type GrowableMemory = SharedArrayBuffer & { readonly maxByteLength: number; grow(bytes: number): void }

/** The words of the header. */
export const headerOf = (memory: SharedArrayBuffer) => new Int32Array(memory, 0, HEADER / 4)

/** The positions and values of a tensor in the memory. */
export function tensorIn(memory: SharedArrayBuffer) {
  const header = headerOf(memory)
  const [rows, width] = [header[ROWS], header[WIDTH]]
  return {
    rows,
    width,
    positions: new Int32Array(memory, HEADER, rows),
    values: new Float32Array(memory, HEADER + 4 * rows, rows * width),
  }
}
