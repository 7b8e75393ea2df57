import type { MessagePort } from 'node:worker_threads'
import { type ErrorCode, GlassformerError, isError } from '../../../base/errors.ts'
import type { BackendInfo, Encoding } from '../../../engine/backend/interface/backend.ts'
import type { WasmHome } from '../../../engine/backend/interface/wasm-surface.ts'
import type { Turn } from '../../../engine/decode/turns/index.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import type { LoadedModel } from '../../../files/folders/layout/loaded-model.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import type { ResolvedTraceOptions } from '../../../trace/options.ts'
import type { ResolvedTranslateOptions } from '../calls/resolve-translate-options.ts'
import type { SourceSettings } from '../generate-settings.ts'
import type { ResolvedLoadOptions } from '../options.ts'
import type { Encoded, Generated, Score, Source, Translation } from '../translation.ts'
import type { Heard, Stretch, WindowToHear } from './sound-window.ts'

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

/** Start data of a worker: the folder that it loads, or a model that another worker has loaded. */
export interface WorkerStart {
  model: string | SharedModel
  options: ResolvedLoadOptions
  /**
   * The current number of threads of a worker, [1] in shared memory. The pool writes it, and workers read it before
   * each run of a program.
   */
  threads: Int32Array
  /** Memory of `WorkerCounts`. */
  counts: SharedArrayBuffer
  /**
   * The worker's end of the channel of messages. It is a channel of its own because Deno cannot read the messages of
   * `parentPort` between two steps.
   */
  port: MessagePort
}

/** Whether the data of a thread are those of a pool's worker. */
export const isWorkerStart = (data: Partial<WorkerStart> | null | undefined): data is WorkerStart =>
  data?.port !== undefined && data.counts !== undefined && data.threads !== undefined

/** The work of one chunk: some sources of one request, or some pairs, or one source to be traced. */
export type ChunkContents =
  | { kind: 'translate'; sources: Source[]; options: ResolvedTranslateOptions; stream: boolean }
  | { kind: 'generate'; sources: number[][]; settings: SourceSettings[]; stream: boolean }
  | { kind: 'encode'; sources: Source[]; adapter?: Adapter }
  | { kind: 'score'; pairs: { source: Source; target: Source }[]; adapter?: Adapter }
  | { kind: 'trace'; source: Source; options: ResolvedTraceOptions; calls?: SharedArrayBuffer }
  | { kind: 'hear'; window: WindowToHear }
  | { kind: 'peak'; stretch: Stretch }
  | { kind: 'speech'; samples: Float32Array; isLast: boolean }

/** Side of a pair. */
export type Side = 'source' | 'target'

/** The result of one source, pair or piece of sound; `generate` returns several for one source. */
export type Result = Translation | Generated[] | Encoded | Score | Trace | Heard | number | Float32Array

/**
 * Messages to a worker, which are sent in lists. `request` is the number of a request, whose sources are canceled
 * together. The first chunk of a request carries the time of its arrival, in milliseconds since 1970.
 */
export type ToWorker =
  | { type: 'chunk'; chunk: number; request: number; turn: Turn; acceptedAt?: number; contents: ChunkContents }
  | { type: 'cancel'; request: number }

/** Messages from a worker, which are sent in lists. */
export type FromWorker =
  | { type: 'ready'; info: BackendInfo; model?: SharedModel }
  | { type: 'piece'; chunk: number; text: string }
  /** The ids with which all possible translations of a source begin. */
  | { type: 'prefix'; chunk: number; index: number; ids: number[] }
  | { type: 'done'; chunk: number; results: Result[] }
  /**
   * A chunk failed; `index` is the source or pair at which it failed, and `side` the side of the pair, if they are
   * known.
   */
  | { type: 'failed'; chunk: number; index?: number; side?: Side; error: PlainError }
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
