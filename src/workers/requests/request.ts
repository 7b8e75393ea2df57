import type { GlassformerError } from '../../base/errors.ts'
import type { Turn } from '../../engine/decode/turns/index.ts'
import type { Side } from '../jobs/job-kind.ts'
import type { Chunk } from './chunks.ts'

/**
 * A request: its chunks wait in line and are handed out one by one. Once the request has failed or been canceled, none
 * of its functions is called any more.
 */
export interface Request {
  /** A unique number. */
  number: number
  /** The client for which it takes turns. Default: the anonymous client. */
  turn?: Turn
  /** The time of its arrival, in milliseconds since 1970. */
  acceptedAt?: number
  chunks: Chunk[]
  done(chunk: Chunk, results: readonly unknown[]): void
  /**
   * Called once. If the error is about one source or pair, `index` is its position in the request; if it is about one
   * text of a pair, `side` names that text.
   */
  fail(error: GlassformerError, index?: number, side?: Side): void
  /** Takes a partial result of a chunk. */
  progress?(chunk: Chunk, value: unknown): void
  /** Called when a chunk begins anew, because its worker has died. It throws if the request cannot be continued. */
  again?(): void
}

/** A chunk of a request that waits or is under way. */
export interface RequestChunk {
  chunk: Chunk
  request: Request
  turn: Turn
  /** The number of workers that died while they had the chunk. */
  deaths: number
}
