import type { PieceTexts } from '../../../language/text/tokenizer/piece-texts.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'

/** The texts of a sentence under translation that a search may read. */
export interface TokenTexts {
  /** The text of the source. */
  source(): string
  /** The text that a target id adds to a translation. */
  piece(id: number): string
}

/** A copy whose source has additional text. */
export const withSource = ({ source, piece }: TokenTexts, more: string): TokenTexts => ({
  source: () => `${source()} ${more}`,
  piece,
})

export const tokenTextsOf = (tokenizer: Tokenizer, pieces: PieceTexts, source: readonly number[]): TokenTexts => ({
  source: () => tokenizer.decodeSource(source),
  piece: (id) => pieces.of(id),
})
