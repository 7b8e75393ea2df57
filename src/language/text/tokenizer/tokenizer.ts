/** The languages that callers can choose, as codes of the vocabulary. */
export interface TokenizerLanguages {
  /** Undefined where the source language does not matter. */
  readonly source?: readonly string[]
  /** Undefined where the target language does not matter. */
  readonly target?: readonly string[]
}

/** Options for encoding one text. */
export interface EncodeOptions {
  /** The code of the source language; default: that of the tokenizer's files. */
  source?: string
  /** The code of the target language; default: that of the tokenizer's files. */
  target?: string
  /** A second text after the first, joined in the tokenizer's way. */
  pair?: string
  /** The maximum number of ids; the rest of the text is left out. */
  maxLength?: number
  /** Whether to add the ids around the text (end, start, language); default true. */
  special?: boolean
}

export interface DecodeOptions {
  /** Whether special ids are decoded to their tokens; default false. */
  special?: boolean
}

/** Turns text into ids and back; it is made from the tokenizer files of a model folder. */
export interface Tokenizer {
  /** The number of ids of the source vocabulary. */
  readonly sourceSize: number
  /** The number of ids of the target vocabulary. */
  readonly targetSize: number
  /**
   * The ids of a source text as the model reads them: after the id that sources begin with, if any, and with the end
   * last. An empty text has the ids that surround every text.
   */
  encode(text: string, options?: EncodeOptions): number[]
  /** The languages that callers can choose; absent where there are none. */
  readonly languages?: TokenizerLanguages
  /** The first id of a translation into a language; undefined where the source names the language. */
  targetStart?(language: string): number | undefined
  /** The end-of-sentence id, where it is not the last of a target. */
  readonly end?: number
  /** The special tokens and their ids, where they are known. */
  readonly special?: ReadonlyMap<string, number>
  /**
   * The language code at the beginning of a source text (`>>fra<<`), which each of its sentences needs; '' for none.
   */
  languageCode?(text: string): string
  /** The ids of a target text (as `score` and training need them), with the end-of-sentence id last. */
  encodeTarget(text: string, options?: EncodeOptions): number[]
  /** The text of target ids; special ids (end, padding, start) are left out, unless `special` is true. */
  decode(ids: readonly number[], options?: DecodeOptions): string
  /** The text of source ids; special ids are left out, unless `special` is true. */
  decodeSource(ids: readonly number[], options?: DecodeOptions): string
  /** The text of target tokens, even of tokens that the vocabulary lacks; absent where only ids can be joined. */
  decodeTokens?(tokens: readonly string[]): string
  /**
   * The tokens that `encode` converts to ids, including those around the text; tokens that the vocabulary lacks keep
   * their spelling.
   */
  tokens?(text: string, options?: EncodeOptions): string[]
  /** The piece of a target id in the vocabulary's spelling, for inspection. */
  piece(id: number): string
  /** The piece of a source id in the vocabulary's spelling. */
  sourcePiece(id: number): string
}

/**
 * The ids of a text, followed by those of its pair, cut to `maxLength` in all, with the id that sources begin with
 * first and the end last. `cut` encodes one text.
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
  return start === undefined ? ids : afterStart(start, ids)
}

/** Source ids after the id that sources begin with, if any. Ids that have it already do not get a second one. */
export const afterStart = (start: number | undefined, ids: readonly number[]): number[] =>
  start === undefined || ids[0] === start ? [...ids] : [start, ...ids]
