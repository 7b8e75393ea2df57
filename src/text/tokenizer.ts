/** Text to ids and back; what a model folder's tokenizer files become. */
export interface Tokenizer {
  /** Number of ids it can produce for the source side. */
  readonly sourceSize: number
  /** The same for the target side. */
  readonly targetSize: number
  /** The ids of a source text as the model reads them: behind the id that sources begin with, if any, the end last. An empty text gives none. */
  encode(text: string): number[]
  /** The code of the wanted language that a source text begins with (`>>fra<<`), which each of its sentences needs; '' for none. */
  languageCode?(text: string): string
  /** The ids of a target text (as `score` and training need them), with the end-of-sentence id last. */
  encodeTarget(text: string): number[]
  /** The text of target ids; special ids (end, padding, start) are left out. */
  decode(ids: readonly number[]): string
  /** The text of source ids, special ids left out. */
  decodeSource(ids: readonly number[]): string
  /** The piece of a target id as the vocabulary writes it, for people who look inside. */
  piece(id: number): string
  /** The piece of a source id as the vocabulary writes it. */
  sourcePiece(id: number): string
}

/** Source ids behind the one that sources begin with, if any; who has written it already need not fear a second. */
export const behindStart = (start: number | undefined, ids: readonly number[]): number[] =>
  start === undefined || ids[0] === start ? [...ids] : [start, ...ids]
