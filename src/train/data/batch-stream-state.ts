import type { JsonFields } from '../../folders/json-fields.ts'
import type { Place } from './shuffled-epochs.ts'

/** Everything that the batches depend on, beside the corpus and the tokenizer. */
export interface BatchSettings {
  /** The most source and target tokens in a batch, ends included. */
  sourceTokens: number
  targetTokens: number
  /** A pair with a side of more tokens is dropped and counted. */
  longest: number
  /** Pairs in memory for shuffling; 0: the order of the corpus. */
  shuffle: number
  /** Decides every order, with the epoch. */
  seed: number
  /** Passes over the corpus; infinity: without end. */
  epochs: number
}

/** Pairs that are in no batch. */
export interface DroppedCounts {
  /** A side had more tokens than `longest`, or than a batch may have. */
  tooLong: number
  /** The tokenizer found nothing in the source. */
  empty: number
}

/** Where a stream stands, as JSON: with the same corpus, tokenizer and settings a `BatchStream` goes on from there. */
export interface BatchStreamState extends Place {
  /** With others nothing can go on from here. */
  settings: Omit<BatchSettings, 'epochs'>
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
      seed: settings.natural('seed'),
    },
    epoch: state.natural('epoch'),
    pairsRead: state.natural('pairsRead'),
    check: state.natural('check'),
    dropped: { tooLong: dropped.natural('tooLong'), empty: dropped.natural('empty') },
  }
}
