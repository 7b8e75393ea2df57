import type { TracedText } from '../trace/trace.ts'

/**
 * Pieces as pictures show them: '▁Je' is 'Je', and a piece that goes on within a word has a '·' before it. Pieces that are no words, as the end,
 * stay as the vocabulary has them.
 */
export const shownTokens = ({ tokens, words }: Pick<TracedText, 'tokens' | 'words'>): string[] =>
  tokens.map((token, i) => shownToken(token, i > 0 && words[i] >= 0 && words[i] === words[i - 1]))

/** A piece that no text is known of. */
export function shownToken(token: string, goesOn = false): string {
  if (token.startsWith('▁')) return token.slice(1) || '␣'
  return goesOn && /^[\p{L}\p{N}]/u.test(token) ? `·${token}` : token
}
