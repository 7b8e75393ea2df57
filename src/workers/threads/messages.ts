import type { MessagePort } from 'node:worker_threads'
import { type ErrorCode, GlassformerError, isError } from '../../base/errors.ts'
import type { BackendInfo, Encoding } from '../../engine/backend/interface/backend.ts'
import type { WasmHome } from '../../engine/backend/interface/wasm-surface.ts'
import type { Turn } from '../../engine/decode/turns/index.ts'
import type { BackendChoice } from '../../engine/program/chosen-backend.ts'
import type { Precision } from '../../engine/weights/precision.ts'
import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import type { WhenMapped } from '../../files/folders/packed/packed-cache.ts'
import type { FailurePlace } from '../jobs/job-kind.ts'
import type { Threads } from './threads.ts'

/**
 * A model as it is sent between threads: everything is copied except the weights and the shortlist, which all threads
 * share.
 */
export interface SharedModel extends Omit<LoadedModel, 'weights'> {
  /**
   * The `length` values at byte `offset` of the memory. A view cannot be sent above 4 GiB, because Node.js 20 sends its
   * length and offset in 32 bits. Weights loaded by a WebAssembly player lie in its memory, the home, which other
   * players then share.
   */
  weights: { encoding: Encoding; memory: SharedArrayBuffer | WasmHome | PackedFile; offset: number; length: number }
}

/** A file of packed weights, which each thread maps: the mapping is one for the process. */
export interface PackedFile {
  packed: string
}

/** How a worker loads its model and runs it. */
export interface WorkerOptions {
  backend: BackendChoice
  precision: Precision
  mapped: WhenMapped
  /** The tokenizer of a folder that has none. */
  tokenizer?: string
  threads: Threads
  /** Source tokens × beams that the worker has in flight. */
  batchTokens: number
  /** The model that drafts for this one. */
  assistant?: string
  /** The folder of an adapter that is merged into the model. */
  adapter?: string
}

/** Start data of a worker: the folder that it loads, or a model that another worker has loaded. */
export interface WorkerStart {
  model: string | SharedModel
  options: WorkerOptions
  /** The kind of job for which the worker is prepared before it is ready. */
  kind: string
  /**
   * The current number of threads of a worker, [1] in shared memory. The pool writes it, and workers read it before
   * each run of a program.
   */
  threads: Int32Array
  /** Memory of `WorkerCounts`. */
  counts: SharedArrayBuffer | ArrayBuffer
  /**
   * The worker's end of the channel of messages. It is a channel of its own because Deno cannot read the messages of
   * `parentPort` between two steps.
   */
  port: MessagePort
}

/** Whether the data of a thread are those of a pool's worker. */
export const isWorkerStart = (data: Partial<WorkerStart> | null | undefined): data is WorkerStart =>
  data?.port !== undefined && data.counts !== undefined && data.threads !== undefined

/**
 * Messages to a worker, which are sent in lists. `request` is the number of a request, whose sources are canceled
 * together. The first chunk of a request carries the time of its arrival, in milliseconds since 1970.
 */
export type ToWorker =
  | { type: 'chunk'; chunk: number; request: number; turn: Turn; acceptedAt?: number; kind: string; contents: unknown }
  | { type: 'cancel'; request: number }

/** Messages from a worker, which are sent in lists. */
export type FromWorker =
  | { type: 'ready'; info: BackendInfo; model?: SharedModel }
  /** A partial result of a chunk. */
  | { type: 'progress'; chunk: number; value: unknown }
  | { type: 'done'; chunk: number; results: readonly unknown[] }
  | ({ type: 'failed'; chunk: number; error: PlainError } & FailurePlace)
  | { type: 'notStarted'; error: PlainError }

/** An error as it is sent between threads, which lose its class. */
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

/** A thread that does the work of a pool: one of its own, or the calling thread. */
export interface WorkerThread {
  on(event: 'error', listener: (error: unknown) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  /** Keeps the process alive. */
  ref(): void
  unref(): void
  terminate(): Promise<number>
}

/** Starts a thread, whose end of the channel is handed over. @throws GlassformerError ERR_WORKER */
export type StartWorkerThread = (start: WorkerStart) => WorkerThread
