import type { TracedText } from '../data/trace.ts'

/**
 * Pieces in pictures: '▁Je' is 'Je', and a piece that continues a word has a '·' before it. Pieces that are not words,
 * such as the end, keep the vocabulary's spelling.
 */
export const shownTokens = ({ tokens, words }: Pick<TracedText, 'tokens' | 'words'>): string[] =>
  tokens.map((token, i) => shownToken(token, i > 0 && words[i] >= 0 && words[i] === words[i - 1]))

/** A piece without a known text. */
export function shownToken(token: string, continuesWord = false): string {
  if (token.startsWith('▁')) return token.slice(1) || '_'
  return continuesWord && /^[\p{L}\p{N}]/u.test(token) ? `·${token}` : token
}

/**
 * The display of pieces outside a text, as in a distribution: where the vocabulary marks beginnings of words, a piece
 * without the mark continues a word.
 */
export function pieceNames({
  source,
  target,
}: Record<'source' | 'target', Pick<TracedText, 'tokens'>>): (token: string) => string {
  const areMarked = [source, target].some(({ tokens }) => tokens.some((token) => token.startsWith('▁')))
  return (token) => shownToken(token, areMarked)
}
