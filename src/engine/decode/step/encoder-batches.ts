import type { PlayerInfo } from '../../backend/backend.ts'

/**
 * About how many source tokens are encoded at once. They are few enough that a layer's activations about fit the second cache of each
 * thread's core, and many enough that threads seldom wait for each other and that reading the weights once more costs little.
 */
export const tokensAtOnce = ({ threads }: Pick<PlayerInfo, 'threads'>): number => 192 * threads

/**
 * Sentences in their order, in batches of nearly equal size. A batch has about `tokens` tokens, and up to half as many more where there are
 * few sentences.
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
    batches.at(-1)!.push(sentence)
    before += sentence.source.length
  }
  return batches
}
