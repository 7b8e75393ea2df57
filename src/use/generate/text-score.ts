import type { Score } from '../translate/translation/translation.ts'

/** The score of a text by a model that goes on with texts. */
export interface TextScore extends Score {
  /** exp of the mean negative log-probability of the tokens. */
  perplexity: number
  /** The mean negative base-2 logarithm of the tokens' probabilities: for pixels, bits per dimension. */
  bits: number
}

/** A part of a text, and what the model reads before it. */
interface Window {
  source: number[]
  target: number[]
}

/** The windows of a text of at least two ids, each of at most `most` ids that are read. Every id but the first is scored once. */
export function windowsOf(ids: readonly number[], most: number): Window[] {
  const step = Math.max(1, most >> 1)
  const windows = [{ source: [ids[0]], target: ids.slice(1, most + 1) }]
  for (let at = most + 1; at < ids.length; at += step) {
    const target = ids.slice(at, at + step)
    windows.push({ source: ids.slice(Math.max(0, at + target.length - 1 - most), at), target })
  }
  return windows
}

/** The score of a text from those of its windows. */
export function meanScore(windows: readonly Score[]): TextScore {
  const tokenScores = windows.flatMap((window) => window.tokenScores)
  const score = tokenScores.reduce((sum, each) => sum + each, 0)
  const loss = -score / tokenScores.length
  return {
    score,
    ids: windows.flatMap(({ ids }) => ids),
    tokenScores,
    perplexity: Math.exp(loss),
    bits: loss / Math.LN2,
  }
}
