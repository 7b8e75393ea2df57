import type { JsonFields } from '../../folders/json-fields.ts'
import type { BatchSettings } from './batch-options.ts'
import type { Place } from './shuffled-epochs.ts'

/** Pairs that became no example. */
export interface DroppedCounts {
  /** A side had more tokens than `longest`, or than a batch may have. */
  tooLong: number
  /** The tokenizer found nothing in the source. */
  empty: number
}

/** Where a stream stands, as JSON: with the same corpus, tokenizer and options, `BatchStream.resume` goes on from there. */
export interface BatchStreamState extends Place {
  /** The settings that the batches depend on; with others nothing can go on from here. */
  settings: Omit<BatchSettings, 'epochs'>
  /** Batches behind that place which have been taken already; above 0 only with a sorted pool. */
  batchesTaken: number
  /** Up to that place. */
  dropped: DroppedCounts
}

/** @throws GlassformerError ERR_MODEL_FORMAT naming file and field */
export function readBatchStreamState(state: JsonFields): BatchStreamState {
  const settings = state.object('settings', false)
  const dropped = state.object('dropped', false)
  return {
    settings: {
      sourceTokens: settings.natural('sourceTokens'),
      targetTokens: settings.natural('targetTokens'),
      longest: settings.natural('longest'),
      shuffle: settings.natural('shuffle'),
      sortedPool: settings.natural('sortedPool'),
      seed: settings.natural('seed'),
    },
    epoch: state.natural('epoch'),
    pairsRead: state.natural('pairsRead'),
    check: state.natural('check'),
    batchesTaken: state.natural('batchesTaken'),
    dropped: { tooLong: dropped.natural('tooLong'), empty: dropped.natural('empty') },
  }
}
