import { GlassformerError } from '../../base/errors.ts'
import type { Job, JobKind, JobKinds, WorkerContext, WorkerPart } from './job-kind.ts'

type AnyJob = Job<unknown, unknown, unknown>

/** The jobs of a request that are under way. */
interface OpenRequest {
  kind: JobKind
  jobs: number
}

/** The parts of a worker, each of which is made once. */
export class WorkerParts {
  readonly #parts = new Map<unknown, WorkerPart>()

  of<Part extends WorkerPart>(make: (worker: WorkerContext) => Part, worker: WorkerContext): Part {
    const known = this.#parts.get(make)
    if (known) return known as Part
    const part = make(worker)
    this.#parts.set(make, part)
    return part
  }

  [Symbol.iterator](): Iterator<WorkerPart> {
    return this.#parts.values()
  }
}

/** Runs the jobs of a worker, step by step, and knows nothing of what they are. */
export class JobRunner {
  readonly #worker: WorkerContext
  readonly #parts: WorkerParts
  readonly #kinds: JobKinds
  readonly #loaded = new Map<string, JobKind>()
  /** Jobs that wait until the code of their kind is loaded. */
  readonly #waiting = new Set<AnyJob>()
  readonly #open = new Map<unknown, OpenRequest>()

  /** `parts` are those of the worker. */
  constructor(worker: WorkerContext, parts: WorkerParts, kinds: JobKinds) {
    this.#worker = worker
    this.#parts = parts
    this.#kinds = kinds
  }

  /** Loads a kind, and prepares the worker for it. @throws the errors of its preparation */
  async prepare(name: string): Promise<void> {
    const kind = await this.#load(name)
    kind.prepare?.(this.#worker)
  }

  /** Whether a step can be taken. */
  get busy(): boolean {
    for (const part of this.#parts) if (part.busy) return true
    return false
  }

  /** Whether jobs wait for code that is being loaded, which happens when this thread is idle. */
  get loading(): boolean {
    return this.#waiting.size > 0
  }

  /** Takes one step of each part that has one. */
  step(): void {
    for (const part of this.#parts) if (part.busy) part.step()
  }

  /** Begins a job: at once where its kind is loaded. Resolves when it has begun. */
  begin(name: string, job: AnyJob): void | Promise<void> {
    const kind = this.#loaded.get(name)
    if (kind) return this.#run(kind, job)
    this.#waiting.add(job)
    return this.#load(name).then(
      (loaded) => {
        if (this.#waiting.delete(job)) this.#run(loaded, job)
      },
      (error) => {
        if (this.#waiting.delete(job)) job.fail(error)
      },
    )
  }

  /** Drops all jobs of a request. */
  cancel(request: unknown): void {
    for (const job of this.#waiting) if (job.request === request) this.#waiting.delete(job)
    this.#open.get(request)?.kind.cancel(this.#worker, request)
    this.#open.delete(request)
    this.#count()
  }

  async #load(name: string): Promise<JobKind> {
    const load = Object.hasOwn(this.#kinds, name) ? this.#kinds[name] : null
    if (!load) throw new GlassformerError('ERR_INTERNAL', `this worker runs no jobs of the kind ${name}`)
    const kind = await load()
    this.#loaded.set(name, kind)
    return kind
  }

  #run(kind: JobKind, job: AnyJob): void {
    const { request } = job
    const open = this.#open.get(request) ?? { kind, jobs: 0 }
    open.jobs++
    this.#open.set(request, open)
    const counted: AnyJob = {
      ...job,
      done: (results, transfer) => {
        this.#leave(request)
        job.done(results, transfer)
      },
      fail: (error, at) => {
        this.cancel(request)
        job.fail(error, at)
      },
    }
    try {
      kind.run(this.#worker, counted)
    } catch (error) {
      counted.fail(error)
    }
    this.#count()
  }

  #leave(request: unknown): void {
    const open = this.#open.get(request)
    if (open && --open.jobs === 0) this.#open.delete(request)
  }

  #count(): void {
    for (const part of this.#parts) part.count?.()
  }
}
