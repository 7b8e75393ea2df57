import type { BackendInfo, Encoding } from '../backend/backend.ts'
import { type ErrorCode, GlassformerError, isError } from '../errors.ts'
import type { LoadedModel } from '../folders/loaded-model.ts'
import type { LoadOptions, ResolvedTranslateOptions } from './options.ts'
import type { Score, Source, Translation } from './translation.ts'

/** A model as it travels between threads: everything is copied but the weights and the shortlist, which all threads share. */
export interface SharedModel extends Omit<LoadedModel, 'weights'> {
  /** The `length` values at `offset` bytes of the memory: as a view they would lose what is above 4 GiB, which Node.js 20 sends in 32 bits. */
  weights: { encoding: Encoding; memory: SharedArrayBuffer; offset: number; length: number }
}

/** What a worker is started with: the folder to be loaded, or a model that another worker has loaded. */
export interface WorkerStart {
  model: string | SharedModel
  options: Required<LoadOptions>
  /** [1], shared: on how many threads a worker plays now. The pool writes it, workers read it before each play. */
  threads: Int32Array
}

/** What one worker does as a whole: some sources of one request, or some pairs. */
export type ChunkContents =
  | { kind: 'translate'; sources: Source[]; options: ResolvedTranslateOptions; stream: boolean }
  | { kind: 'score'; pairs: { source: Source; target: Source }[] }

/** Which text of a pair. */
export type Side = 'source' | 'target'

/** What becomes of one source or pair. */
export type Result = Translation | Score

/** `request`: its number. What belongs to one is canceled together, and takes turns with what belongs to others. */
export type ToWorker =
  | { type: 'chunk'; chunk: number; request: number; contents: ChunkContents }
  | { type: 'cancel'; request: number }

export type FromWorker =
  | { type: 'ready'; info: BackendInfo; model?: SharedModel }
  | { type: 'piece'; chunk: number; text: string }
  | { type: 'done'; chunk: number; results: Result[] }
  /** A chunk failed, where it is known at which of its sources or pairs, of a pair at this side. */
  | { type: 'failed'; chunk: number; index?: number; side?: Side; error: PlainError }
  | { type: 'notStarted'; error: PlainError }

/** An error as it travels between threads, where classes are lost. */
export interface PlainError {
  code: ErrorCode
  message: string
  stack?: string
}

export function toPlain(error: unknown): PlainError {
  if (error instanceof GlassformerError) return { code: error.code, message: error.message }
  const { message, stack } = isError(error) ? error : new Error(String(error))
  return { code: 'ERR_INTERNAL', message, stack }
}

export function fromPlain({ code, message, stack }: PlainError): GlassformerError {
  return new GlassformerError(code, message, stack ? { cause: stack } : undefined)
}
