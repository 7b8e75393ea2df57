import { fileURLToPath } from 'node:url'
import { Child } from './child.ts'
import { residentBytes } from './resident.ts'
import type { TrainingShape } from './training.ts'

export type Precision = 'float32' | 'bfloat16'

/**
 * The seconds of a step on the clock, and of processor time on all threads, which is the cost on a machine without
 * other users.
 */
export interface Spent {
  seconds: number
  busy: number
}

/** The first answer, after making the model and a first training step. */
interface About {
  version: string
  flops?: number
}

/**
 * One side of the comparison, which trains in a separate process, so that the sides share neither threads nor memory.
 * It computes one step per command.
 */
export class TrainingSide {
  /** The version as the process reports it: 'avx512', '2.15.0'. */
  readonly version: string
  /** Floating-point operations of a step by the op table's costs; null where the process reports none. */
  readonly flops: number | null
  readonly #child: Child

  private constructor(child: Child) {
    const { version, flops }: About = JSON.parse(child.greeting)
    this.version = version
    this.flops = flops ?? null
    this.#child = child
  }

  /** Glassformer; see training-process.ts. */
  static async ours(backend: 'native' | 'js', threads: number, precision: Precision, shape: TrainingShape) {
    const script = fileURLToPath(new URL('training-process.js', import.meta.url))
    const args = [script, backend, ...argumentsOf(threads, precision, shape)]
    return new TrainingSide(await Child.open(process.execPath, args))
  }

  /** Starts the PyTorch of this Python, with another allocator where one is given. */
  static async pytorch(
    python: string,
    allocator: string | null,
    threads: number,
    precision: Precision,
    shape: TrainingShape,
  ) {
    const script = fileURLToPath(new URL('../../peers/pytorch_training.py', import.meta.url))
    const preload = allocator && { LD_PRELOAD: allocator, MALLOC_CONF: 'oversize_threshold:0,dirty_decay_ms:-1' }
    const args = [script, ...argumentsOf(threads, precision, shape)]
    return new TrainingSide(await Child.open(python, args, { ...preload, OMP_NUM_THREADS: String(threads) }))
  }

  async step(): Promise<Spent> {
    return JSON.parse(await this.#child.ask('step'))
  }

  /** The maximum resident memory of the process so far, in bytes; null where the system does not provide it. */
  peakMemory(): number | null {
    return residentBytes(this.#child.pid, 'VmHWM')
  }

  close(): void {
    this.#child.close()
  }
}

function argumentsOf(threads: number, precision: Precision, shape: TrainingShape): string[] {
  const { layers, width, heads, hidden, vocabulary, batch, length, reluBias = 0 } = shape
  return [threads, precision, layers, width, heads, hidden, vocabulary, batch, length, reluBias].map(String)
}
