import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { deserialize, serialize } from 'node:v8'
import { errorCodes, GlassformerError, messageOf } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { StepGradients, TrainingStep } from '../step/training-step.ts'
import type { MpiAddon } from './mpi-addon.ts'
import type { Ranks } from './ranks.ts'
import { SharedBatches, type Transfers } from './shared-batches.ts'

/** A failure in the form that is sent to other ranks. */
interface Failure {
  code: string
  message: string
}

/**
 * The ranks of mpirun. They synchronize before each transfer: each announces itself and whether it has failed, and runs
 * the event loop until all have come. A waiting rank therefore receives signals, and a failure in one rank is an error
 * in all. The transfers themselves block the event loop, like a run of a program, but do not wait, because all ranks
 * have come.
 */
export class MpiRanks implements Ranks, Transfers {
  readonly rank: number
  readonly size: number
  readonly #mpi: MpiAddon
  readonly #statuses: Uint8Array
  /** The error with which all ranks end. */
  #shared: { error: unknown } | null = null
  /** Whether MPI itself has failed, so that other ranks cannot be told. */
  #isBroken = false

  constructor(mpi: MpiAddon, rank: number, size: number) {
    this.#mpi = mpi
    this.rank = rank
    this.size = size
    this.#statuses = new Uint8Array(size)
  }

  stepGradients(training: TrainingStep): StepGradients {
    return new SharedBatches(this, training)
  }

  async together<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      await this.#meet(null)
      return result
    } catch (error) {
      if (!this.#shared && !this.#isBroken) await this.#meet({ error }).catch(() => {})
      throw this.#shared ? this.#shared.error : error
    } finally {
      if (!this.#isBroken) this.#mpi.close()
    }
  }

  async all<T>(value: T): Promise<T[]> {
    await this.#meet(null)
    return this.#values(value)
  }

  async exchange(given: Float32Array, received: Float32Array): Promise<void> {
    await this.#meet(null)
    this.#call(() => this.#mpi.exchange(given, received))
  }

  async gather(given: Float32Array, all: Float32Array): Promise<void> {
    await this.#meet(null)
    this.#call(() => this.#mpi.allgather(given, all))
  }

  /**
   * Waits until all ranks have come.
   * @throws the error of the first rank that has failed, if one has
   */
  async #meet(failed: { error: unknown } | null): Promise<void> {
    this.#call(() => this.#mpi.arrive(failed ? 1 : 0))
    const began = performance.now()
    while (!this.#call(() => this.#mpi.arrived(this.#statuses))) await pause(performance.now() - began)
    const first = this.#statuses.indexOf(1)
    if (first < 0) return
    const failures = this.#values(failed && failureOf(failed.error))
    const isOwn = first === this.rank && failed !== null
    this.#shared = { error: isOwn ? failed.error : errorOf(failures, first) }
    throw this.#shared.error
  }

  /** Each rank's value, after all ranks have come. */
  #values<T>(value: T): T[] {
    const bytes = serialize(value)
    const lengths = new Float64Array(this.size)
    const asBytes = (numbers: Float64Array) => new Uint8Array(numbers.buffer)
    this.#call(() => this.#mpi.allgather(asBytes(Float64Array.of(bytes.length)), asBytes(lengths)))
    const longest = Math.max(...lengths)
    const [own, all] = [new Uint8Array(longest), new Uint8Array(longest * this.size)]
    own.set(bytes)
    this.#call(() => this.#mpi.allgather(own, all))
    return Array.from({ length: this.size }, (_, r) => deserialize(all.subarray(r * longest, r * longest + lengths[r])))
  }

  #call<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      this.#isBroken = true
      throw asOurs(error)
    }
  }
}

/**
 * Milliseconds for which a rank polls without a pause, and the length of the pauses after that: the timer then does not
 * delay short transfers.
 */
const POLLING = 2
const REST = 1
const LONG_REST = 10

/** A turn of the event loop, with a pause after a long wait: rank 0 may be measuring on the same processor. */
async function pause(waited: number): Promise<void> {
  if (waited < POLLING) await turn()
  else await sleep(waited < 1000 ? REST : LONG_REST)
}

const failureOf = (error: unknown): Failure => ({
  code: error instanceof GlassformerError ? error.code : 'ERR_INTERNAL',
  message: messageOf(error),
})

/** The error of another rank. If all ranks have failed with the same error, its message does not mention ranks. */
function errorOf(failures: readonly (Failure | null)[], first: number): GlassformerError {
  const { code, message } = present(failures[first])
  const isSame = failures.every((failure) => failure?.message === message)
  return new GlassformerError(
    errorCodes.find((known) => known === code) ?? 'ERR_INTERNAL',
    isSame ? message : `rank ${first} of ${failures.length}: ${message}`,
  )
}

function asOurs(error: unknown): unknown {
  const code = errorCodes.find((known) => known === (error as { code?: unknown })?.code)
  return code ? new GlassformerError(code, messageOf(error), { cause: error }) : error
}
