import type { PieceTexts } from '../../../language/text/piece-texts.ts'
import type { Tokenizer } from '../../../language/text/tokenizer.ts'

/** The texts of a sentence that is translated, as far as a search looks at them. */
export interface Surface {
  /** The text of the source. */
  source(): string
  /** What a target id adds to the text of a translation. */
  piece(id: number): string
}

/** The same with more text of the source. */
export const withSource = ({ source, piece }: Surface, more: string): Surface => ({
  source: () => `${source()} ${more}`,
  piece,
})

export const surfaceOf = (tokenizer: Tokenizer, pieces: PieceTexts, source: readonly number[]): Surface => ({
  source: () => tokenizer.decodeSource(source),
  piece: (id) => pieces.of(id),
})
