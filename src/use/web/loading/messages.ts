import type { BackendInfo } from '../../../engine/backend/interface/backend.ts'
import type { ResolvedTraceOptions } from '../../../trace/options.ts'
import type { PlainError, ResolvedTranslateOptions, Side } from '../../translate/for-pages.ts'
import type { Source } from '../../translate/translation/translation.ts'
import type { LoadProgress, ResolvedWebOptions } from './load-options.ts'

declare const document: { baseURI: string } | undefined
declare const location: { href: string } | undefined

/** The base of relative addresses: the page's address; undefined in isolates, which have none. */
export const baseUrl = (): string | undefined =>
  typeof document === 'undefined' ? (typeof location === 'undefined' ? undefined : location.href) : document.baseURI

/**
 * Place of a model's files: the URL of their folder; the files themselves, as the user of a page has picked them; or a
 * name such as `firefox/fr-en`.
 */
export type ModelPlace = { url: string } | { name: string; files: ReadonlyMap<string, Blob> } | { named: string }

/** Whether the fetched files of a model are cached. */
export interface CacheState {
  /** Whether the browser keeps all of them for the next time. */
  kept: boolean
  /** The reason why it does not, if it was asked to. */
  reason?: string
}

/** Jobs of encoders and of speech, in chunks: see the files of their kinds. */
export type ChunkContents = { kind: 'encodeTexts' | 'hear' | 'peak' | 'detectSpeech' } & Record<string, unknown>

/** A call: a job of the worker. */
export type CallContents =
  | ChunkContents
  | { kind: 'translate'; sources: readonly Source[]; options: ResolvedTranslateOptions; stream: boolean }
  | { kind: 'score'; pairs: { source: Source; target: Source }[] }
  | { kind: 'trace'; source: Source; options: ResolvedTraceOptions }

/** Messages to the worker of a page. `call` is a number that no other call has. */
export type ToWorker =
  | { type: 'load'; model: ModelPlace; options: ResolvedWebOptions }
  | { type: 'call'; call: number; contents: CallContents }
  | { type: 'cancel'; call: number }

export type FromWorker =
  | { type: 'progress'; progress: LoadProgress }
  /** `model` is the description of the model that the kind of worker sends. */
  | { type: 'loaded'; info: BackendInfo; model: unknown; cache: CacheState }
  | { type: 'notLoaded'; error: PlainError }
  | { type: 'piece'; call: number; text: string }
  | { type: 'done'; call: number; results: readonly unknown[] }
  /** `index` is the source or pair at which the call failed, and `side` the side of the pair, if they are known. */
  | { type: 'failed'; call: number; index?: number; side?: Side; error: PlainError }
