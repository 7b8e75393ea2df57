/** Turns text into ids and back; it is made from the tokenizer files of a model folder. */
export interface Tokenizer {
  /** The number of ids of the source vocabulary. */
  readonly sourceSize: number
  /** The number of ids of the target vocabulary. */
  readonly targetSize: number
  /**
   * The ids of a source text as the model reads them: behind the id that sources begin with, if any, and with the end last. An empty text
   * gives no ids.
   */
  encode(text: string): number[]
  /** The code of the wanted language with which a source text begins (`>>fra<<`), and which each of its sentences needs; '' for none. */
  languageCode?(text: string): string
  /** The ids of a target text (as `score` and training need them), with the end-of-sentence id last. */
  encodeTarget(text: string): number[]
  /** The text of target ids; special ids (end, padding, start) are left out. */
  decode(ids: readonly number[]): string
  /** The text of source ids; special ids are left out. */
  decodeSource(ids: readonly number[]): string
  /** The piece of a target id as the vocabulary writes it, for people who look inside. */
  piece(id: number): string
  /** The piece of a source id as the vocabulary writes it. */
  sourcePiece(id: number): string
}

/** Source ids behind the id that sources begin with, if any. Ids that have it already do not get a second one. */
export const behindStart = (start: number | undefined, ids: readonly number[]): number[] =>
  start === undefined || ids[0] === start ? [...ids] : [start, ...ids]
