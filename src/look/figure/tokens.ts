import type { TracedText } from '../trace/trace.ts'

/**
 * Pieces as pictures show them: '▁Je' is 'Je', and a piece that goes on within a word has a '·' before it. Pieces that are no words, as the end,
 * stay as the vocabulary has them.
 */
export const shownTokens = ({ tokens, words }: Pick<TracedText, 'tokens' | 'words'>): string[] =>
  tokens.map((token, i) => shownToken(token, i > 0 && words[i] >= 0 && words[i] === words[i - 1]))

/** A piece that no text is known of. */
export function shownToken(token: string, goesOn = false): string {
  if (token.startsWith('▁')) return token.slice(1) || '_'
  return goesOn && /^[\p{L}\p{N}]/u.test(token) ? `·${token}` : token
}

/**
 * How pieces are shown that stand in no text, as those of a distribution: where the vocabulary marks beginnings of words, one without the mark
 * goes on within a word.
 */
export function pieceNames({
  source,
  target,
}: Record<'source' | 'target', Pick<TracedText, 'tokens'>>): (token: string) => string {
  const areMarked = [source, target].some(({ tokens }) => tokens.some((token) => token.startsWith('▁')))
  return (token) => shownToken(token, areMarked)
}
