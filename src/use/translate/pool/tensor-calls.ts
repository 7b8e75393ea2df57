import { applyFunction } from '../../../trace/edits/apply-function.ts'
import type { Intervention, TensorValues } from '../../../trace/edits/intervention.ts'
import {
  ANSWERED,
  CALLED,
  ENDED,
  FAILED,
  type GrowableMemory,
  HEADER,
  headerOf,
  INDEX,
  MOST_BYTES,
  STATE,
  tensorIn,
} from './tensor-memory.ts'

/** Makes memory that grows, as ES2024 has it. */
const Growing = SharedArrayBuffer as unknown as new (
  bytes: number,
  options: { maxByteLength: number },
) => GrowableMemory
/** Waits without blocking, as ES2024 has it. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(view: Int32Array, index: number, value: number): { async: boolean; value: Promise<string> | string }
}

type Apply = Intervention & { kind: 'apply' }

/** Runs the caller's functions for a worker. */
export class TensorCalls {
  readonly memory: SharedArrayBuffer = new Growing(HEADER, { maxByteLength: MOST_BYTES })
  /** The interventions as they can be sent to a worker: each function is its place among all. */
  readonly sent: readonly Intervention[]
  readonly #functions: readonly Apply[]
  /** The error that a function has thrown. */
  #failure: { error: unknown } | null = null

  private constructor(interventions: readonly Intervention[]) {
    this.#functions = interventions.filter((each) => each.kind === 'apply')
    this.sent = interventions.map((each) =>
      each.kind === 'apply' ? ({ ...each, apply: this.#functions.indexOf(each) } as unknown as Intervention) : each,
    )
  }

  /** Null where no intervention is a function. */
  static of(interventions: readonly Intervention[]): TensorCalls | null {
    return interventions.some(({ kind }) => kind === 'apply') ? new TensorCalls(interventions) : null
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
    const { tensor: name, apply } = this.#functions[index]
    const own: TensorValues = { name, shape: [rows, width], values: values.slice(), positions: positions.slice() }
    try {
      applyFunction(apply, own)
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
