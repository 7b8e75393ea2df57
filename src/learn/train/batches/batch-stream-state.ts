import { inFile } from '../../../base/schema/place.ts'
import { read, settings } from '../../../base/schema/settings.ts'
import { integer } from '../../../base/schema/types.ts'
import type { Place } from '../pairs/shuffled-epochs.ts'
import type { StoredState } from '../state/checkpoint.ts'

/** Settings on which the batches depend, apart from the corpus and the tokenizer. */
export interface BatchSettings {
  /** The most source and target tokens in a batch, ends included. */
  sourceTokens: number
  targetTokens: number
  /** A pair with a side of more tokens is dropped and counted. */
  longest: number
  /** The number of pairs in memory for shuffling; 0 keeps the order of the corpus. */
  shuffle: number
  /** The seed, which determines every order together with the epoch. */
  seed: number
  /** The number of passes over the corpus; infinity never ends. */
  epochs: number
}

/** The numbers of dropped pairs, by reason. */
export interface DroppedCounts {
  /** Pairs with a side of more tokens than `longest`, or than a batch may have. */
  tooLong: number
  /** Pairs in whose source the tokenizer found no tokens. */
  empty: number
}

/**
 * The position of a stream, as JSON. With the same corpus, tokenizer and settings a `BatchStream` continues from there.
 */
export interface BatchStreamState extends Place {
  /** The settings of the stream; a stream with other settings cannot continue from here. */
  settings: Omit<BatchSettings, 'epochs'>
  /** The numbers of dropped pairs up to that position. */
  dropped: DroppedCounts
}

const ofBatches = settings({
  sourceTokens: { type: integer(0), says: 'the most source tokens in a batch' },
  targetTokens: { type: integer(0), says: 'the most target tokens in a batch' },
  longest: { type: integer(0), says: 'the most tokens of a side' },
  shuffle: { type: integer(0), says: 'pairs in memory for shuffling' },
  seed: { type: integer(0), says: 'decides every order' },
})

const ofPlace = settings({
  epoch: { type: integer(0), says: 'the pass over the corpus' },
  pairsRead: { type: integer(0), says: 'pairs of it that have been taken' },
  check: { type: integer(0), says: 'a hash of these' },
})

const ofDropped = settings({
  tooLong: { type: integer(0), says: 'pairs with a side of too many tokens' },
  empty: { type: integer(0), says: 'pairs without a source' },
})

/**
 * Reads the position of the batches from the state of a checkpoint, in which it is `batches`.
 * @throws GlassformerError ERR_MODEL_FORMAT naming file and field
 */
export function readBatchStreamState({ values, path }: StoredState): BatchStreamState {
  const placeOf = (name: string) => inFile(path, 'ERR_MODEL_FORMAT', `batches.${name}`)
  const { settings: stored, dropped, ...place } = placeOf('').object(values.batches)
  return {
    ...read(ofPlace, place, placeOf('')),
    settings: read(ofBatches, stored, placeOf('settings.')),
    dropped: read(ofDropped, dropped, placeOf('dropped.')),
  }
}
