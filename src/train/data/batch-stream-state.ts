import { inFile } from '../../schema/place.ts'
import { read, settings } from '../../schema/settings.ts'
import { integer } from '../../schema/types.ts'
import type { StoredState } from '../checkpoint.ts'
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

/** Of the state of a checkpoint, where it stands as `batches`. @throws GlassformerError ERR_MODEL_FORMAT naming file and field */
export function readBatchStreamState({ values, path }: StoredState): BatchStreamState {
  const placeOf = (name: string) => inFile(path, 'ERR_MODEL_FORMAT', `batches.${name}`)
  const { settings: stored, dropped, ...place } = placeOf('').object(values.batches)
  return {
    ...read(ofPlace, place, placeOf('')),
    settings: read(ofBatches, stored, placeOf('settings.')),
    dropped: read(ofDropped, dropped, placeOf('dropped.')),
  }
}
