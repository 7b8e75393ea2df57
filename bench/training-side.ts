import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { residentBytes } from './resident.ts'
import type { TrainingShape } from './training.ts'

export type Precision = 'float32' | 'bfloat16'

/** Seconds of a step on the clock, and of processor time on all threads: what it would cost on a machine that nobody shares. */
export interface Spent {
  seconds: number
  busy: number
}

/** The first answer. */
interface About {
  version: string
  flops?: number
}

/** Somebody who trains, in a process of their own, so that threads and memory are theirs alone: takes a step when told to. */
export class TrainingSide {
  /** What it calls itself: 'avx512', '2.15.0'. */
  readonly version: string
  /** Floating-point operations of a step by the op table's costs; null where it has none. */
  readonly flops: number | null
  readonly #child: ChildProcess
  readonly #answer: () => Promise<unknown>

  private constructor(about: About, child: ChildProcess, answer: () => Promise<unknown>) {
    this.version = about.version
    this.flops = about.flops ?? null
    this.#child = child
    this.#answer = answer
  }

  /** Glassformer; see training-process.ts. */
  static ours(backend: 'native' | 'js', threads: number, precision: Precision, shape: TrainingShape) {
    const script = fileURLToPath(new URL('training-process.js', import.meta.url))
    return TrainingSide.#open(
      process.execPath,
      [script, backend, ...argumentsOf(threads, precision, shape)],
      process.env,
    )
  }

  /** PyTorch of a Python that has it, with another allocator where one is given. */
  static pytorch(
    python: string,
    allocator: string | null,
    threads: number,
    precision: Precision,
    shape: TrainingShape,
  ) {
    const script = fileURLToPath(new URL('../peers/pytorch_training.py', import.meta.url))
    const preload = allocator && { LD_PRELOAD: allocator, MALLOC_CONF: 'oversize_threshold:0,dirty_decay_ms:-1' }
    const env = { ...process.env, ...preload, OMP_NUM_THREADS: String(threads) }
    return TrainingSide.#open(python, [script, ...argumentsOf(threads, precision, shape)], env)
  }

  /** Its first answer comes when the model is made and a first step has been taken. */
  static async #open(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<TrainingSide> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
    const lines = createInterface({ input: child.stdout! })
    const ended = once(child, 'exit').then(([status]) => Promise.reject(new Error(`${command} ended with ${status}`)))
    ended.catch(() => {})
    const answer = () => Promise.race([nextLine(lines), ended]).then((line) => JSON.parse(line))
    return new TrainingSide(await answer(), child, answer)
  }

  step(): Promise<Spent> {
    this.#child.stdin!.write('step\n')
    return this.#answer() as Promise<Spent>
  }

  /** The most memory that the process has had resident so far, in bytes; null where that is not told. */
  peakMemory(): number | null {
    return residentBytes(this.#child.pid!, 'VmHWM')
  }

  close(): void {
    this.#child.stdin!.end()
  }
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = await once(lines, 'line')
  return line
}

function argumentsOf(threads: number, precision: Precision, shape: TrainingShape): string[] {
  const { layers, width, heads, hidden, vocabulary, batch, length } = shape
  return [threads, precision, layers, width, heads, hidden, vocabulary, batch, length].map(String)
}
