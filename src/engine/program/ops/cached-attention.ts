import { rowsOfSpans } from '../../backend/interface/spans.ts'
import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import { attendedShapes, expectDistanceBias, expectDistances, expectHeads, pairSymbol } from '../operands/attention.ts'

/**
 * Attention of one new token per hypothesis over its own past. Row r sees the cache rows that ancestors[spans[r, 0] … spans[r, 1]) name, so
 * hypotheses are reordered by rewriting indices, never by copying keys or values. The last named row is the row's own, at distance 0;
 * `relativeKeys`, `relativeValues` and `distanceBias` are as in `attention`. q [R, heads · dHead], k, v [M, heads · dHead], ancestors [A, 1], spans [R, 2]
 * → z [R, heads · dHead], and with `traced` the softmax [P, heads], P(spans) = Σ span lengths, spans one after the other.
 */
export const cachedAttention = defineOp({
  name: 'cachedAttention',
  inputs: ['q', 'k', 'v', 'ancestors', 'spans', 'relativeKeys?', 'relativeValues?', 'distanceBias?'],
  integers: ['ancestors', 'spans'],
  narrow: ['k', 'v'],
  attributes: { heads: 'count', scale: 'number', traced: 'boolean' },
  neutral: { scale: 1 },
  outputs: ['attended', 'weights?'],
  shapes: ({ q, k, v, ancestors, spans, relativeKeys, relativeValues, distanceBias }, { heads, traced }) => {
    expectHeads('cachedAttention', q, k, v, heads)
    expectDistances('cachedAttention', q.width / heads, relativeKeys, relativeValues)
    expectDistanceBias('cachedAttention', heads, distanceBias)
    expectShape(ancestors.width === 1, 'cachedAttention', `ancestors must be one column, not ${ancestors}`)
    expectIs('cachedAttention', spans, q.rows, 2)
    return attendedShapes(q, heads, traced && pairSymbol([spans]))
  },
  cost: ({ q }) => ({ flops: 4 * q.width, per: 'pairs' }),
  pairs: ({ spans }) => rowsOfSpans(spans),
})
