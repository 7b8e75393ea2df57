import { lastOf } from '../../../base/present.ts'
import type { PlayerInfo } from '../../backend/interface/backend.ts'

/**
 * Approximate number of source tokens to encode at once. It is small enough that a layer's activations about fit the
 * second-level cache of each thread's core, and large enough that threads seldom wait for each other and that reading
 * the weights once more costs little.
 */
export const tokensAtOnce = ({ threads }: Pick<PlayerInfo, 'threads'>): number => 192 * threads

/**
 * Divides sentences, in order, into batches of nearly equal size. A batch has about `tokens` tokens, and up to half as
 * many more if there are few sentences.
 */
export function encoderBatches<T extends { source: readonly number[] }>(
  sentences: readonly T[],
  tokens: number,
): T[][] {
  const total = sentences.reduce((sum, { source }) => sum + source.length, 0)
  const size = total / Math.max(1, Math.round(total / tokens))
  const batches: T[][] = []
  let before = 0
  for (const sentence of sentences) {
    if (before >= batches.length * size) batches.push([])
    lastOf(batches).push(sentence)
    before += sentence.source.length
  }
  return batches
}
