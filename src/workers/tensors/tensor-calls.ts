/*
 * Functions of tensors live in the thread of the caller, and tensors in that of a worker. They share memory: a header, the
 * positions of the rows, and the values. The worker writes a tensor and waits; the caller's thread, whose event loop goes
 * on meanwhile, runs the function, writes the values back and wakes the worker.
 */

/** Places in the header, in words of 32 bits. */
export const [STATE, INDEX, ROWS, WIDTH] = [0, 1, 2, 3]
export const HEADER = 64
/** The memory can grow to this size: a tensor of 200 tokens and 256,000 ids is 200 MB. */
const MOST_BYTES = 2 ** 30

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

/** Memory that grows, as ES2024 has it. A browser's page has none without cross-origin isolation. */
function growingMemory(): GrowableMemory {
  const Growing = SharedArrayBuffer as unknown as new (
    bytes: number,
    options: { maxByteLength: number },
  ) => GrowableMemory
  return new Growing(HEADER, { maxByteLength: MOST_BYTES })
}
/** Waits without blocking, as ES2024 has it. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(view: Int32Array, index: number, value: number): { async: boolean; value: Promise<string> | string }
}

/** A tensor that a function of the caller reads and changes. */
export interface SharedTensor {
  name: string
  /** [rows, width]. */
  shape: [number, number]
  values: Float32Array
  /** The position of each row's token in its sentence, from 0. */
  positions: Int32Array
}

/** A function that changes the values of a tensor in place. */
export type SharedFunction = (tensor: SharedTensor) => void

/** A function, and the name of its tensor. */
export interface NamedFunction {
  tensor: string
  run: SharedFunction
}

/** Runs the caller's functions for a worker. */
export class TensorCalls {
  readonly memory: SharedArrayBuffer = growingMemory()
  readonly #functions: readonly NamedFunction[]
  /** The error that a function has thrown. */
  #failure: { error: unknown } | null = null

  /** A worker calls these functions by their places. */
  constructor(functions: readonly NamedFunction[]) {
    this.#functions = functions
  }

  /** Answers calls until a request ends. @throws what a function has thrown, and what the request rejects with */
  async during<T>(asked: Promise<T>): Promise<T> {
    const answering = this.#answer()
    try {
      return await asked
    } catch (error) {
      throw this.#failure ? this.#failure.error : error
    } finally {
      this.#say(ENDED)
      await answering
    }
  }

  async #answer(): Promise<void> {
    const header = headerOf(this.memory)
    for (let state = Atomics.load(header, STATE); state !== ENDED; state = Atomics.load(header, STATE)) {
      if (state === CALLED) this.#run(header[INDEX])
      else await waitAsync(header, STATE, state).value
    }
  }

  #run(index: number): void {
    const { rows, width, positions, values } = tensorIn(this.memory)
    const { tensor: name, run } = this.#functions[index]
    const own: SharedTensor = { name, shape: [rows, width], values: values.slice(), positions: positions.slice() }
    try {
      run(own)
      values.set(own.values)
      this.#say(ANSWERED)
    } catch (error) {
      this.#failure ??= { error }
      this.#say(FAILED)
    }
  }

  #say(state: number): void {
    const header = headerOf(this.memory)
    Atomics.store(header, STATE, state)
    Atomics.notify(header, STATE)
  }
}
