import type { GlobalAttentionParts } from '../edits/tensor-origin.ts'
import { distanceRow, type HeadRows } from './attention-scores.ts'

/** The rows from which the weights of one sentence are computed; biases by distance are [2 clip + 1, heads]. */
export interface GlobalRows {
  query: HeadRows
  key: HeadRows
  sideKey: HeadRows
  distanceBias: Float32Array | null
  sideBias: Float32Array | null
  /** The query of the first token, and the keys that it sees. */
  first: { query: HeadRows; key: HeadRows } | null
}

/** The weights of all tokens, [heads, queries, tokens], and of sums of blocks, [heads, queries, sums]. */
export interface GlobalWeights {
  tokens: Float32Array
  sums: Float32Array
}

type Sizes = Pick<GlobalAttentionParts, 'heads' | 'scale' | 'every'>

/** The softmax of `sideAttention` for one sentence, whose spans are `arrays`: what the program binds for an encoder. */
export function globalWeights(
  { heads, scale, every }: Sizes,
  { query, key, sideKey, distanceBias, sideBias, first }: GlobalRows,
  arrays: Readonly<Record<string, ArrayLike<number>>>,
): GlobalWeights {
  const [tokens, sums] = [query.rows, first ? 0 : sideKey.rows]
  const found = { tokens: new Float32Array(heads * tokens ** 2), sums: new Float32Array(heads * tokens * sums) }
  const spans = (name: string, b: number) => [arrays[`encoder.${name}`][2 * b], arrays[`encoder.${name}`][2 * b + 1]]
  const place = (name: string, b: number) => arrays[`encoder.${name}`][b]
  for (let b = 0; b < arrays['encoder.blockPlaces'].length; b++) {
    const [begin, end] = spans('blocks', b)
    const [near, side] = [spans('blockKeys', b), spans('sideKeys', b)]
    for (let row = begin; row < end; row++)
      for (let head = 0; head < heads; head++) {
        const of = { query, row, head, heads }
        const [at, sideAt] = [
          place('blockPlaces', b) + row - begin,
          place('sidePlaces', b) + Math.floor((row - begin) / every),
        ]
        const scores = [...scored(of, key, near, distanceBias, at), ...scored(of, sideKey, side, sideBias, sideAt)]
        const weights = softmax(scores, scale)
        const nearCount = near[1] - near[0]
        found.tokens.set(weights.subarray(0, nearCount), (head * tokens + row) * tokens + near[0])
        const [into, width] = first ? [found.tokens, tokens] : [found.sums, sums]
        into.set(weights.subarray(nearCount), (head * tokens + row) * width + side[0])
      }
  }
  if (first)
    for (let head = 0; head < heads; head++) {
      const scores = scored({ query: first.query, row: 0, head, heads }, first.key, [0, tokens], null, 0)
      found.tokens.set(softmax(scores, scale), head * tokens ** 2)
    }
  return found
}

/** The scores of one query and head for the keys of a span, where distances count from `place`. */
function scored(
  { query, row, head, heads }: { query: HeadRows; row: number; head: number; heads: number },
  key: HeadRows,
  [begin, end]: readonly number[],
  bias: Float32Array | null,
  place: number,
): number[] {
  const width = query.values.length / query.rows
  const dHead = width / heads
  return Array.from({ length: end - begin }, (_, j) => {
    const [q, k] = [row * width + head * dHead, (begin + j) * width + head * dHead]
    let score = bias ? bias[distanceRow(bias, heads, j - place) + head] : 0
    for (let i = 0; i < dHead; i++) score += query.values[q + i] * key.values[k + i]
    return score
  })
}

/** Nothing where there is no key. */
function softmax(scores: readonly number[], scale: number): Float32Array {
  const most = scale * scores.reduce((most, score) => Math.max(most, score), -Infinity)
  const powers = scores.map((score) => Math.exp(scale * score - most))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return Float32Array.from(powers, (power) => power / total)
}
