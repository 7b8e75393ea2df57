/** The languages that a tokenizer can be told, as the codes of its vocabulary. */
export interface TokenizerLanguages {
  /** Undefined where it does not matter which language the sources have. */
  readonly source?: readonly string[]
  /** Undefined likewise. */
  readonly target?: readonly string[]
}

/** How the ids of one text are made. */
export interface EncodeOptions {
  /** The code of the source language; default: that of the tokenizer's files. */
  source?: string
  /** The code of the language into which the text is translated; default: likewise. */
  target?: string
  /** A second text behind the first, as the tokenizer joins two. */
  pair?: string
  /** The most ids; the rest of the text is left out. */
  maxLength?: number
  /** Whether the ids that stand around the text (end, start, language) are there; default true. */
  special?: boolean
}

export interface DecodeOptions {
  /** Whether special ids come out as their tokens; default false. */
  special?: boolean
}

/** Turns text into ids and back; it is made from the tokenizer files of a model folder. */
export interface Tokenizer {
  /** The number of ids of the source vocabulary. */
  readonly sourceSize: number
  /** The number of ids of the target vocabulary. */
  readonly targetSize: number
  /**
   * The ids of a source text as the model reads them: behind the id that sources begin with, if any, and with the end last. An empty text
   * has those that stand around every text.
   */
  encode(text: string, options?: EncodeOptions): number[]
  /** The languages that the tokenizer can be told; absent where it has none. */
  readonly languages?: TokenizerLanguages
  /** The id that a translation into a language begins with; undefined where the source tells the language. */
  targetStart?(language: string): number | undefined
  /** The id that ends a sentence, where it is not the last of a target. */
  readonly end?: number
  /** The special tokens and their ids, where they are known. */
  readonly special?: ReadonlyMap<string, number>
  /** The code of the wanted language with which a source text begins (`>>fra<<`), and which each of its sentences needs; '' for none. */
  languageCode?(text: string): string
  /** The ids of a target text (as `score` and training need them), with the end-of-sentence id last. */
  encodeTarget(text: string, options?: EncodeOptions): number[]
  /** The text of target ids; special ids (end, padding, start) are left out, unless `special` is true. */
  decode(ids: readonly number[], options?: DecodeOptions): string
  /** The text of source ids, likewise. */
  decodeSource(ids: readonly number[], options?: DecodeOptions): string
  /** The text of target tokens, some of which the vocabulary may lack; absent where only ids can be joined. */
  decodeTokens?(tokens: readonly string[]): string
  /** The tokens that `encode` makes ids of, those around the text included, as they are where the vocabulary lacks them. */
  tokens?(text: string, options?: EncodeOptions): string[]
  /** The piece of a target id as the vocabulary writes it, for people who look inside. */
  piece(id: number): string
  /** The piece of a source id as the vocabulary writes it. */
  sourcePiece(id: number): string
}

/**
 * The ids of a text, and of its pair behind them, cut to `maxLength` in all, with the end last and behind the id that sources begin with.
 * `cut` makes the ids of one text.
 */
export function ended(
  cut: (text: string) => number[],
  text: string,
  { pair, maxLength = Number.POSITIVE_INFINITY, special = true }: EncodeOptions,
  end: number,
  start?: number,
): number[] {
  const ids = cut(text)
  if (pair) for (const id of cut(pair)) ids.push(id)
  const around = special ? (start === undefined || ids[0] === start ? 1 : 2) : 0
  if (ids.length + around > maxLength) ids.length = Math.max(0, maxLength - around)
  if (!special) return ids
  ids.push(end)
  return start === undefined ? ids : behindStart(start, ids)
}

/** Source ids behind the id that sources begin with, if any. Ids that have it already do not get a second one. */
export const behindStart = (start: number | undefined, ids: readonly number[]): number[] =>
  start === undefined || ids[0] === start ? [...ids] : [start, ...ids]
