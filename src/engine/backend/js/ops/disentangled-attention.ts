import type { Matrix } from '../../interface/backend.ts'
import { pairsOfSpans, spanAt, spanLength } from '../../interface/spans.ts'
import { checkPairs, checkRange, checkSpans, checkTiling } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkDisentangledAttention: Check<'disentangledAttention'> = (call) => {
  const { q, k, queries, keys, buckets, positionKeys, positionQueries, weights } = call
  checkSpans('disentangledAttention', 'queries', queries, q.rows)
  checkSpans('disentangledAttention', 'keys', keys, k.rows)
  checkTiling('disentangledAttention', queries, q.rows)
  for (const table of [positionKeys, positionQueries])
    if (table) checkRange('disentangledAttention', 'bucket', buckets, 0, table.rows)
  checkPairs('disentangledAttention', weights, pairsOfSpans(queries, keys))
}

export const disentangledAttention: Kernel<'disentangledAttention'> = (call) => {
  const { q, k, v, queries, keys, buckets, positionKeys, positionQueries, attended: z, weights, heads, scale } = call
  const dHead = q.width / heads
  const clip = (buckets.rows - 1) / 2
  const rowOf = (distance: number) =>
    buckets.data[buckets.offset + (clip + Math.max(-clip, Math.min(clip, distance))) * buckets.stride]
  let pair = 0
  for (let b = 0; b < queries.rows; b++) {
    const [firstQuery, firstKey, count] = [spanAt(queries, b), spanAt(keys, b), spanLength(keys, b)]
    const p = new Float64Array(count)
    for (let i = 0; i < spanLength(queries, b); i++, pair += count)
      for (let head = 0; head < heads; head++) {
        const column = head * dHead
        for (let j = 0; j < count; j++) {
          let score = dot(q, firstQuery + i, k, firstKey + j, column, dHead)
          const row = rowOf(j - i)
          if (positionKeys) score += dot(q, firstQuery + i, positionKeys, row, column, dHead)
          if (positionQueries) score += dot(k, firstKey + j, positionQueries, row, column, dHead)
          p[j] = scale * score
        }
        softmax(p)
        const to = z.offset + (firstQuery + i) * z.stride + column
        for (let c = 0; c < dHead; c++) {
          let sum = 0
          for (let j = 0; j < count; j++) sum += p[j] * v.data[v.offset + (firstKey + j) * v.stride + column + c]
          z.data[to + c] = sum
        }
        if (weights)
          for (let j = 0; j < count; j++) weights.data[weights.offset + (pair + j) * weights.stride + head] = p[j]
      }
  }
}

/** The product of `width` columns, from `column` on, of a row of each matrix. */
function dot(a: Matrix, rowA: number, b: Matrix, rowB: number, column: number, width: number): number {
  const atA = a.offset + rowA * a.stride + column
  const atB = b.offset + rowB * b.stride + column
  let sum = 0
  for (let c = 0; c < width; c++) sum += a.data[atA + c] * b.data[atB + c]
  return sum
}

function softmax(p: Float64Array): void {
  let max = -Infinity
  for (const score of p) if (score > max) max = score
  let total = 0
  for (let j = 0; j < p.length; j++) total += p[j] = Math.exp(p[j] - max)
  for (let j = 0; j < p.length; j++) p[j] /= total
}
