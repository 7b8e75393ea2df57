import { GlassformerError } from '../../errors.ts'

export interface BatchOptions {
  /** The most source tokens in a batch, ends included; default 4096. */
  sourceTokens?: number
  /** The most target tokens in a batch, ends included; default 4096. */
  targetTokens?: number
  /** A pair with a side of more tokens is dropped and counted; default 256. */
  longest?: number
  /** Pairs in memory for shuffling; 0: the order of the corpus; default 200,000. */
  shuffle?: number
  /**
   * So many pairs at a time are sorted by length before they are cut into batches, whose order is random again; default 0:
   * not sorted. It saves padding where there is padding; here it makes batches of equal token counts only.
   */
  sortedPool?: number
  /** Decides every order, with the epoch; default 1. */
  seed?: number
  /** Passes over the corpus; default: without end. */
  epochs?: number
}

/** Everything that the batches depend on, beside the corpus and the tokenizer. */
export type BatchSettings = Required<BatchOptions>

/** The options with their defaults. Throws ERR_OPTION for one that is out of range. */
export function batchSettings(options: BatchOptions): BatchSettings {
  const settings: BatchSettings = {
    sourceTokens: 4096,
    targetTokens: 4096,
    longest: 256,
    shuffle: 200_000,
    sortedPool: 0,
    seed: 1,
    epochs: Number.POSITIVE_INFINITY,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  }
  const least: Record<keyof BatchSettings, number> = {
    sourceTokens: 1,
    targetTokens: 1,
    longest: 1,
    shuffle: 0,
    sortedPool: 0,
    seed: 0,
    epochs: 1,
  }
  for (const name of Object.keys(settings) as (keyof BatchSettings)[]) {
    const value = settings[name]
    if (least[name] === undefined)
      throw new GlassformerError('ERR_OPTION', `${name}: there is no such option of batches`)
    const isEndless = name === 'epochs' && value === Number.POSITIVE_INFINITY
    if (!isEndless && (!Number.isSafeInteger(value) || value < least[name]))
      throw new GlassformerError(
        'ERR_OPTION',
        `${name}: an integer of at least ${least[name]} was expected, not ${value}`,
      )
  }
  return settings
}
