export type PieceType = 'normal' | 'unknown' | 'control' | 'user-defined' | 'unused' | 'byte'

/** Piece types by their numbers in the file. */
export const pieceTypes: readonly (PieceType | undefined)[] = [
  undefined,
  'normal',
  'unknown',
  'control',
  'user-defined',
  'unused',
  'byte',
]

/** The vocabulary by columns, because there are thousands of pieces. A piece's id is its index in each column. */
export interface PieceTable {
  /** The texts of the pieces, with ▁ (U+2581) for a space. */
  texts: string[]
  /** Log-probabilities (unigram, word, char), or minus the rank of the merge (BPE), in float32. */
  scores: number[]
  types: PieceType[]
}
