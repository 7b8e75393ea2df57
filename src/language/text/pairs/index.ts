/** Face of pairs/: tokenizers of encoders, which read one text or two. */
export {
  type PairIds,
  type PairOptions,
  PairTokenizer,
  type PlacedPair,
  type PlacedToken,
  type Truncation,
} from './pair-tokenizer.ts'
