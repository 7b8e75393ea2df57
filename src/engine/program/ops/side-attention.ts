import { pairsOfSpans } from '../../backend/spans.ts'
import { defineOp, expectIs, expectShape } from '../op.ts'
import { expectDistanceBias, expectHeads, expectSpans } from '../operands/attention.ts'

/**
 * Attention to two sets of keys with one softmax: those of a span, as in `attention` that is not causal, and side keys, which are few and
 * seen from everywhere (the global tokens of LongT5, Guo et al. 2021, 3.2, and of Longformer, Beltagy et al. 2020). Query i of span b
 * stands at key at[b] + i, and at side key sideAt[b] + ⌊i / every⌋; from there the distances of `distanceBias` and of `sideBias`
 * [2 clip + 1, heads] count. A query that sees no key gives zeros. q [T, heads · dHead], k, v [S, heads · dHead], sideK, sideV
 * [G, heads · dHead], queries, keys, sideKeys [B, 2], at, sideAt [B, 1] → z [T, heads · dHead].
 */
export const sideAttention = defineOp({
  name: 'sideAttention',
  inputs: [
    'q',
    'k',
    'v',
    'sideK',
    'sideV',
    'queries',
    'keys',
    'sideKeys',
    'at?',
    'sideAt?',
    'distanceBias?',
    'sideBias?',
  ],
  integers: ['queries', 'keys', 'sideKeys', 'at', 'sideAt'],
  attributes: { heads: 'count', scale: 'number', every: 'count' },
  neutral: { every: 1, scale: 1 },
  outputs: ['attended'],
  shapes: (inputs, { heads }) => {
    const { q, k, v, sideK, sideV, queries, keys, sideKeys, at, sideAt, distanceBias, sideBias } = inputs
    expectHeads('sideAttention', q, k, v, heads)
    expectHeads('sideAttention', q, sideK, sideV, heads)
    for (const spans of [keys, sideKeys]) expectSpans('sideAttention', queries, spans)
    for (const places of [at, sideAt]) expectIs('sideAttention', places, queries.rows, 1)
    for (const bias of [distanceBias, sideBias]) expectDistanceBias('sideAttention', heads, bias)
    expectShape(k.dtype === 'float32', 'sideAttention', `${k} is not float32`)
    return [q]
  },
  cost: ({ q }) => ({ flops: 4 * q.width, per: 'pairs' }),
  pairs: ({ queries, keys, sideKeys }) => pairsOfSpans(queries, keys) + pairsOfSpans(queries, sideKeys),
})
