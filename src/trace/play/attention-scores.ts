import type { AttentionParts, ScoreStage } from '../edits/tensor-origin.ts'
import { seesRow } from './compressed-rows.ts'
import { seeingInImage } from './image-weights.ts'

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
