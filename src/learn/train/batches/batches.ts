import type { TokenPair } from '../../../engine/decode/step/index.ts'
import type { Batch } from './batch.ts'
import type { DroppedCounts } from './batch-stream-state.ts'

/** A source of batches, one after the other. `state` suffices to continue from there in another process. */
export interface Batches {
  /** The next batch; null at the end. */
  next(): Promise<Batch | null>
  /** Whether there are no more batches. */
  readonly isOver: boolean
  /** The numbers of dropped pairs so far. */
  readonly dropped: DroppedCounts
  state(): object
  /** The pieces of a pair's ids, as readable text. */
  pieces(pair: TokenPair): { source: string; target: string }
}
