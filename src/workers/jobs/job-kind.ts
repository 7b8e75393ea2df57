import type { Player } from '../../engine/backend/interface/backend.ts'
import type { Counts, Turn } from '../../engine/decode/turns/index.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'

/** Side of a pair. */
export type Side = 'source' | 'target'

/** Where in the contents of a job an error arose: the source or pair, and the side of the pair, if they are known. */
export interface FailurePlace {
  index?: number
  side?: Side
}

/** One chunk of a request as a worker runs it. All jobs of a `request` are canceled together. */
export interface Job<Contents, Result, Progress> {
  readonly request: unknown
  readonly turn?: Turn
  /** The arrival time of the request in milliseconds since 1970, at its first chunk only. */
  readonly acceptedAt?: number
  readonly contents: Contents
  /** Tells the caller of a partial result. */
  progress(value: Progress): void
  /** Ends the job with a result for each source or pair; `transfer` are arrays that the worker no longer needs. */
  done(results: readonly Result[], transfer?: readonly ArrayBuffer[]): void
  /** Ends the job, and cancels all other jobs of its request. */
  fail(error: unknown, at?: FailurePlace): void
}

/** A part of a worker that kinds of jobs share, such as an engine. It works step by step. */
export interface WorkerPart {
  /** Whether there is a step to take. */
  readonly busy: boolean
  step(): void
  /** Reports what waits and what is under way. */
  count?(): void
}

/** Loads a model by its folder, or the worker's own by the name of a precision, with a player that the caller closes. */
export type OpenModel = (name: string) => { weights: Weights; player: Player }

/** A worker as its jobs see it: the model that it has loaded, and the parts that they share. */
export interface WorkerContext<Model = LoadedModel> {
  readonly model: Model
  /** Null for a model that takes ids only. */
  readonly tokenizer: Tokenizer | null
  readonly player: Player
  readonly options: { readonly batchTokens: number; readonly assistant?: string }
  readonly counts?: Counts
  /** Null where there are no further models, as in a page. */
  readonly openModel: OpenModel | null
  /** A further player on the same backend, to be closed by the caller. */
  createPlayer(): Player
  /** The part that `make` creates: once in each worker. */
  part<Part extends WorkerPart>(make: (worker: WorkerContext<Model>) => Part): Part
}

/**
 * A kind of job, in the room that it belongs to. `contents`, `result` and `partial` are there for their types alone, by
 * which `Pool.submit` is typed.
 */
export interface JobKind<Kind extends string = string, Contents = unknown, Result = unknown, Progress = unknown> {
  readonly kind: Kind
  readonly contents?: Contents
  /** The result of one source or pair. */
  readonly result?: Result
  readonly partial?: Progress
  /** Called in each worker before it says that it is ready, for the kind with which its pool was loaded. */
  prepare?(worker: WorkerContext): void
  /** Begins a job. An error that it throws ends the job. */
  run(worker: WorkerContext, job: Job<Contents, Result, Progress>): void
  /** Drops all jobs of a request, before the next step. */
  cancel(worker: WorkerContext, request: unknown): void
}

export type ContentsOf<Kind extends JobKind> = NonNullable<Kind['contents']>
export type ResultOf<Kind extends JobKind> = NonNullable<Kind['result']>
export type ProgressOf<Kind extends JobKind> = NonNullable<Kind['partial']>

/** Kinds of jobs by their names. Each is loaded when the first job of its kind comes. */
export type JobKinds = Readonly<Record<string, () => Promise<JobKind>>>
