import type { GlassformerError } from '../../../base/errors.ts'
import type { Turn } from '../../../engine/decode/turns/index.ts'
import type { Chunk } from './chunks.ts'
import type { Result, Side } from './messages.ts'

/**
 * A request: its chunks wait in line and are handed out one by one. Once the request has failed or been canceled, none of its functions is
 * called any more.
 */
export interface Request {
  /** A number that no other request has. */
  number: number
  /** Among whom it takes turns; by default with all others of no client. */
  turn?: Turn
  /** When it was accepted, in milliseconds since 1970. */
  accepted?: number
  chunks: Chunk[]
  done(chunk: Chunk, results: Result[]): void
  /**
   * Called once. Where the error is about one source or pair, `index` is its place in the request; where it is about one text of a pair,
   * `side` says which.
   */
  fail(error: GlassformerError, index?: number, side?: Side): void
  piece?(text: string): void
  /** Is told the ids with which all that can still be found for a source begins. */
  prefix?(source: number, ids: number[]): void
  /** Called where a chunk begins anew, because its worker has died. It throws where the request cannot go on. */
  again?(): void
}

/** A chunk of a request that waits, or is being worked on. */
export interface Work {
  chunk: Chunk
  request: Request
  turn: Turn
  /** How many workers have died while they had it. */
  deaths: number
}
