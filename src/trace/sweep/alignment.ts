import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import type { ResolvedSweep } from './settings.ts'

/**
 * The row of a second sentence for each row of the first; null: none. By `places`, rows of one number belong together. By
 * `tokens`, the longest common subsequence of both does, and between its tokens the rows of stretches of one length.
 * @throws GlassformerError ERR_OPTION for pairs by hand of rows that do not exist
 */
export function aligned(
  first: readonly number[],
  second: readonly number[],
  align: ResolvedSweep['align'],
): (number | null)[] {
  const how = align ?? (first.length === second.length ? 'places' : 'tokens')
  if (how === 'places') return first.map((_, row) => (row < second.length ? row : null))
  if (how === 'tokens') return byTokens(first, second)
  const rows: (number | null)[] = first.map(() => null)
  for (const pair of how) {
    const [own, other] = pair
    if (pair.length !== 2 || own >= first.length || other >= second.length)
      throw new GlassformerError(
        'ERR_OPTION',
        `option 'sweep.align': [${pair.join(', ')}] is no pair of rows of sentences of ${counted(first.length, 'token')} and ${second.length}`,
      )
    rows[own] = other
  }
  return rows
}

function byTokens(first: readonly number[], second: readonly number[]): (number | null)[] {
  const rows: (number | null)[] = first.map(() => null)
  let [i, j] = [0, 0]
  for (const [own, other] of [...commonSubsequence(first, second), [first.length, second.length]]) {
    if (own - i === other - j) for (; i < own; i++, j++) rows[i] = j
    if (own < first.length) rows[own] = other
    ;[i, j] = [own + 1, other + 1]
  }
  return rows
}

/** Pairs of rows of the longest common subsequence. */
function commonSubsequence(a: readonly number[], b: readonly number[]): [number, number][] {
  const width = b.length + 1
  // lengths[i · width + j]: of the longest common subsequence after a[i] and b[j].
  const lengths = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
  const pairs: [number, number][] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; )
    if (a[i] === b[j]) pairs.push([i++, j++])
    else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i++
    else j++
  return pairs
}
