import type { ImageSettings } from '../../engine/model/config/image-settings.ts'
import { imageBlocks } from '../../engine/model/local/image-blocks.ts'
import type { AttentionParts, GlobalAttentionParts, ScoreStage } from '../edits/tensor-origin.ts'

/**
 * A row of compressed memory stands at its last token in a trace: row 0 at the first token, row c at the last of block c. Other tokens have no row.
 */
const tokenOfRow = (row: number, factor: number): number => (row ? row * factor - 1 : 0)

/** Rows of compressed memory [rows, width] at their tokens → [tokens, width], with zeros where a token has no row. */
export function atTokens(values: Float32Array, width: number, tokens: number, factor: number): Float32Array {
  const spread = new Float32Array(tokens * width)
  for (let row = 0; row * width < values.length; row++)
    spread.set(values.subarray(row * width, (row + 1) * width), tokenOfRow(row, factor) * width)
  return spread
}

/** Weights of tokens and rows of memory [tokens · rows, heads] → [tokens · tokens, heads], with zeros where a token has no row. */
export function weightsAtTokens(values: Float32Array, heads: number, tokens: number, factor: number): Float32Array {
  const all = new Float32Array(tokens * tokens * heads)
  const rows = values.length / (tokens * heads)
  for (let i = 0; i < tokens; i++) {
    const own = values.subarray(i * rows * heads, (i + 1) * rows * heads)
    all.set(atTokens(own, heads, tokens, factor), i * tokens * heads)
  }
  return all
}

/** Whether token `query` sees a row of memory at token `key`: the first token, or the last of a block before its own. */
function seesRow(query: number, key: number, factor: number): boolean {
  if (key === 0) return true
  return (key + 1) % factor === 0 && (key + 1) / factor <= Math.floor(query / factor)
}

/** Rows of queries or keys, with the heads side by side: [rows, heads · dHead]. */
export interface HeadRows {
  rows: number
  values: Float32Array
}

/**
 * The relative position terms, by row clip + (j − i), where j − i is the distance of key and query, clipped: one term
 * for keys, and one for the scores of each head.
 */
export interface DistanceTables {
  /** [2 clip + 1, dHead]. */
  keys: Float32Array | null
  /** [2 clip + 1, heads]. */
  bias: Float32Array | null
}

/**
 * The scores of one attention for one sentence, as its op computes them: the products of queries and keys of each head,
 * plus relative position terms; times the scale; −∞ where masked. → [heads, queries, keys].
 */
export function attentionScores(
  stage: ScoreStage,
  attention: Pick<AttentionParts, 'causal' | 'heads' | 'scale' | 'factor' | 'image'>,
  query: HeadRows,
  key: HeadRows,
  tables: DistanceTables,
): Float32Array {
  const { heads, scale } = attention
  const sees = seeing(attention, query.rows)
  const scores = new Float32Array(heads * query.rows * key.rows)
  const width = query.values.length / query.rows
  const dHead = width / heads
  const factor = stage === 'scores' ? 1 : scale
  for (let head = 0, at = 0; head < heads; head++)
    for (let i = 0; i < query.rows; i++)
      for (let j = 0; j < key.rows; j++, at++) {
        if (stage === 'maskedScores' && !sees(i, j)) {
          scores[at] = -Infinity
          continue
        }
        const q = i * width + head * dHead
        const k = j * width + head * dHead
        let sum = tables.bias ? tables.bias[distanceRow(tables.bias, heads, j - i) + head] : 0
        for (let c = 0; c < dHead; c++) sum += query.values[q + c] * key.values[k + c]
        if (tables.keys) {
          const row = distanceRow(tables.keys, dHead, j - i)
          for (let c = 0; c < dHead; c++) sum += query.values[q + c] * tables.keys[row + c]
        }
        scores[at] = factor * sum
      }
  return scores
}

/** Whether a query of `queries` sees a key. */
function seeing(
  { causal, factor, image }: Pick<AttentionParts, 'causal' | 'factor' | 'image'>,
  queries: number,
): (query: number, key: number) => boolean {
  if (image) return seeingInImage(image, queries)
  if (factor !== null) return (query, key) => seesRow(query, key, factor)
  return (query, key) => !causal || key <= query
}

/** The offset of a distance's row in a table [2 clip + 1, width]. */
export function distanceRow(table: Float32Array, width: number, distance: number): number {
  const clip = (table.length / width - 1) / 2
  return (clip + Math.max(-clip, Math.min(clip, distance))) * width
}

/** The rows from which the weights of one sentence are computed; biases by distance are [2 clip + 1, heads]. */
interface GlobalRows {
  query: HeadRows
  key: HeadRows
  sideKey: HeadRows
  distanceBias: Float32Array | null
  sideBias: Float32Array | null
  /** The query of the first token, and the keys that it sees. */
  first: { query: HeadRows; key: HeadRows } | null
}

/** The weights of all tokens, [heads, queries, tokens], and of sums of blocks, [heads, queries, sums]. */
interface GlobalWeights {
  tokens: Float32Array
  sums: Float32Array
}

type Sizes = Pick<GlobalAttentionParts, 'heads' | 'scale' | 'every' | 'spans'>

/** The softmax of `sideAttention` for one sentence, whose spans are `arrays`: what the program binds for an encoder. */
export function globalWeights(
  { heads, scale, every, spans: bound }: Sizes,
  { query, key, sideKey, distanceBias, sideBias, first }: GlobalRows,
  arrays: Readonly<Record<string, ArrayLike<number>>>,
): GlobalWeights {
  const [tokens, sums] = [query.rows, first ? 0 : sideKey.rows]
  const found = { tokens: new Float32Array(heads * tokens ** 2), sums: new Float32Array(heads * tokens * sums) }
  const spans = (name: string, b: number) => [arrays[name][2 * b], arrays[name][2 * b + 1]]
  const place = (name: string | null, b: number) => (name === null ? 0 : arrays[name][b])
  for (let b = 0; b < arrays[bound.queries].length / 2; b++) {
    const [begin, end] = spans(bound.queries, b)
    const [near, side] = [spans(bound.keys, b), spans(bound.sideKeys, b)]
    for (let row = begin; row < end; row++)
      for (let head = 0; head < heads; head++) {
        const of = { query, row, head, heads }
        const [at, sideAt] = [
          place(bound.at, b) + row - begin,
          place(bound.sideAt, b) + Math.floor((row - begin) / every),
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

/** Weights of the blocks of an image [pairs, heads] → [tokens · tokens, heads], with zeros where a token does not see another. */
export function weightsInImage(
  values: Float32Array,
  heads: number,
  tokens: number,
  image: ImageSettings,
): Float32Array {
  const all = new Float32Array(tokens * tokens * heads)
  let pair = 0
  for (const { first, last, flange } of imageBlocks(image, tokens)) {
    const keys = [...flange, ...Array.from({ length: last - first }, (_, i) => first + i)]
    for (let query = first; query < last; query++)
      for (const key of keys) {
        all.set(values.subarray(pair * heads, (pair + 1) * heads), (query * tokens + key) * heads)
        pair++
      }
  }
  return all
}

/** Whether token `query` of an image of so many tokens sees token `key`. */
function seeingInImage(image: ImageSettings, tokens: number): (query: number, key: number) => boolean {
  const seen: { first: number; flange: ReadonlySet<number> }[] = []
  for (const { first, last, flange } of imageBlocks(image, tokens)) {
    const block = { first, flange: new Set(flange) }
    for (let token = first; token < last; token++) seen[token] = block
  }
  return (query, key) => key <= query && (key >= seen[query].first || seen[query].flange.has(key))
}
