import { pairsOfSpans } from '../../backend/interface/spans.ts'
import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import { attendedShapes, expectHeads, expectSpans, pairSymbol } from '../operands/attention.ts'

/**
 * Disentangled attention (He et al. 2021, DeBERTa, 3.1): query i of a sentence meets its key j with the score
 * scale · (q_i · k_j + q_i · a_m + k_j · b_m), in each head. a (`positionKeys`) and b (`positionQueries`) are rows for ranges of distances
 * [M, heads · dHead]; one of them may be left out. The distance j − i has the row m = `buckets`[clip + j − i], clipped to 0 … 2 clip. The op has no
 * gradient: nothing trains such models here. q [T, heads · dHead], k, v [S, heads · dHead], queries, keys [B, 2], buckets [2 clip + 1, 1] →
 * z [T, heads · dHead], and with `traced` also the softmax, as in `attention`.
 */
export const disentangledAttention = defineOp({
  name: 'disentangledAttention',
  inputs: ['q', 'k', 'v', 'queries', 'keys', 'buckets', 'positionKeys?', 'positionQueries?'],
  integers: ['queries', 'keys', 'buckets'],
  attributes: { heads: 'count', scale: 'number', traced: 'boolean' },
  neutral: { scale: 1 },
  outputs: ['attended', 'weights?'],
  shapes: ({ q, k, v, queries, keys, buckets, positionKeys, positionQueries }, { heads, traced }) => {
    expectHeads('disentangledAttention', q, k, v, heads)
    expectSpans('disentangledAttention', queries, keys)
    const { rows } = buckets
    expectShape(
      buckets.width === 1 && typeof rows === 'number' && rows % 2 === 1,
      'disentangledAttention',
      `${buckets} must have 2 clip + 1 rows`,
    )
    expectShape(
      !!positionKeys || !!positionQueries,
      'disentangledAttention',
      'one of positionKeys and positionQueries is needed',
    )
    for (const table of [positionKeys, positionQueries])
      expectShape(
        !table || (table.width === q.width && typeof table.rows === 'number'),
        'disentangledAttention',
        `${table} has not the width of ${q}`,
      )
    if (positionKeys) expectIs('disentangledAttention', positionQueries, positionKeys.rows, q.width)
    return attendedShapes(q, heads, traced && pairSymbol([queries, keys]))
  },
  cost: ({ q }) => ({ flops: 8 * q.width, per: 'pairs' }),
  pairs: ({ queries, keys }) => pairsOfSpans(queries, keys),
})
