import { pairsOfSpans } from '../../backend/interface/spans.ts'
import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import { expectDistanceBias, expectDistances, expectHeads, expectSeed, expectSpans } from '../operands/attention.ts'

/**
 * Gradients of `attention` by q, k and v; the softmax is computed again. Key spans must not overlap. q, dz [T, heads · dHead], k, v
 * [S, heads · dHead], queries, keys [B, 2], at [B, 1] → dq [T, …], dk, dv [S, …]; rows that no span covers get 0. Where there are relative keys and
 * values, their gradients are added to dRelativeKeys and dRelativeValues. That of a bias by distance
 * [2 clip + 1, heads], where there is one, is dDistanceBias.
 */
export const attentionGradient = defineOp({
  name: 'attentionGradient',
  inputs: [
    ...(['q', 'k', 'v', 'queries', 'keys', 'dz', 'seed?'] as const),
    ...(['relativeKeys?', 'relativeValues?', 'dRelativeKeys?', 'dRelativeValues?', 'distanceBias?', 'at?'] as const),
  ],
  integers: ['queries', 'keys', 'seed', 'at'],
  writes: ['dRelativeKeys', 'dRelativeValues'],
  attributes: {
    heads: 'count',
    scale: 'number',
    causal: 'boolean',
    every: 'count',
    dropout: 'number',
    site: 'integer',
  },
  neutral: { every: 1, scale: 1, dropout: 0 },
  unlisted: ['site'],
  outputs: ['dq', 'dk', 'dv', 'dDistanceBias?'],
  shapes: (inputs, { heads, dropout }) => {
    const { q, k, v, queries, keys, dz, seed, relativeKeys, relativeValues, dRelativeKeys, dRelativeValues } = inputs
    const { distanceBias, at } = inputs
    expectHeads('attentionGradient', q, k, v, heads)
    expectIs('attentionGradient', dz, q.rows, q.width)
    expectSpans('attentionGradient', queries, keys)
    expectIs('attentionGradient', at, queries.rows, 1)
    expectSeed('attentionGradient', seed, dropout)
    const dHead = q.width / heads
    expectDistances('attentionGradient', dHead, relativeKeys, relativeValues)
    expectDistances('attentionGradient', dHead, dRelativeKeys, dRelativeValues)
    expectDistanceBias('attentionGradient', heads, distanceBias)
    expectShape(
      relativeKeys?.rows === dRelativeKeys?.rows,
      'attentionGradient',
      'relativeKeys and dRelativeKeys differ in rows',
    )
    return [q, k, k, ...(distanceBias ? [distanceBias] : [])]
  },
  cost: ({ q }) => ({ flops: 10 * q.width, per: 'pairs' }),
  pairs: ({ queries, keys }) => pairsOfSpans(queries, keys),
})
