import { pairsOfSpans } from '../../backend/interface/spans.ts'
import { defineOp, expectIs } from '../instructions/op.ts'
import { expectSides } from '../operands/attention.ts'

/**
 * Attention to two sets of keys with one softmax: those of a span, as in `attention` that is not causal, and side keys, which are few and
 * seen from everywhere (the global tokens of LongT5, Guo et al. 2021, 3.2, and of Longformer, Beltagy et al. 2020). Query i of span b
 * stands at key at[b] + i, and at side key sideAt[b] + ⌊i / every⌋; from there the distances of `distanceBias` and of `sideBias`
 * [2 clip + 1, heads] count. A query that sees no key gives zeros. `dropout`, `site` and `seed` as in `attention`; weights of side keys are
 * dropped as those of T further query rows. q [T, heads · dHead], k, v [S, heads · dHead], sideK, sideV
 * [G, heads · dHead], queries, keys, sideKeys [B, 2], at, sideAt [B, 1] → z [T, heads · dHead].
 */
export const sideAttention = defineOp({
  name: 'sideAttention',
  inputs: [
    ...(['q', 'k', 'v', 'sideK', 'sideV', 'queries', 'keys', 'sideKeys'] as const),
    ...(['seed?', 'at?', 'sideAt?', 'distanceBias?', 'sideBias?'] as const),
  ],
  integers: ['queries', 'keys', 'sideKeys', 'seed', 'at', 'sideAt'],
  attributes: { heads: 'count', scale: 'number', every: 'count', dropout: 'number', site: 'integer' },
  neutral: { every: 1, scale: 1, dropout: 0 },
  unlisted: ['site'],
  outputs: ['attended'],
  shapes: (inputs, attributes) => {
    expectSides('sideAttention', inputs, attributes)
    return [inputs.q]
  },
  cost: ({ q }) => ({ flops: 4 * q.width, per: 'pairs' }),
  pairs: ({ queries, keys, sideKeys }) => pairsOfSpans(queries, keys) + pairsOfSpans(queries, sideKeys),
  gradient: (p, { inputs, attributes, dOutputs: [dz], gradients }) => {
    const { q, k, v, sideK, sideV, distanceBias, sideBias } = inputs
    const made = sideAttentionGradient(p, { ...inputs, dz }, attributes)
    const biases = [distanceBias, sideBias].filter((bias) => !!bias)
    for (const [i, tensor] of [q, k, v, sideK, sideV, ...biases].entries()) gradients.contribute(tensor, made[i])
  },
})

/**
 * Gradients of `sideAttention` by all of its numbers; the softmax is computed again. Key spans must not overlap. A span of side keys is that
 * of the row before, whose queries see the same, or it begins after all side keys before. q, dz [T, heads · dHead], k, v
 * [S, heads · dHead], sideK, sideV [G, heads · dHead], queries, keys, sideKeys [B, 2], at, sideAt [B, 1] → dq [T, …], dk, dv [S, …], dSideK,
 * dSideV [G, …]; rows that no span covers get 0. Gradients of the biases by distance [2 clip + 1, heads], where there are such, are
 * dDistanceBias and dSideBias.
 */
export const sideAttentionGradient = defineOp({
  name: 'sideAttentionGradient',
  inputs: [
    ...(['q', 'k', 'v', 'sideK', 'sideV', 'queries', 'keys', 'sideKeys', 'dz'] as const),
    ...(['seed?', 'at?', 'sideAt?', 'distanceBias?', 'sideBias?'] as const),
  ],
  integers: ['queries', 'keys', 'sideKeys', 'seed', 'at', 'sideAt'],
  attributes: { heads: 'count', scale: 'number', every: 'count', dropout: 'number', site: 'integer' },
  neutral: { every: 1, scale: 1, dropout: 0 },
  unlisted: ['site'],
  outputs: ['dq', 'dk', 'dv', 'dSideK', 'dSideV', 'dDistanceBias?', 'dSideBias?'],
  shapes: (inputs, attributes) => {
    const { q, k, sideK, dz, distanceBias, sideBias } = inputs
    expectSides('sideAttentionGradient', inputs, attributes)
    expectIs('sideAttentionGradient', dz, q.rows, q.width)
    return [q, k, k, sideK, sideK, ...[distanceBias, sideBias].filter((bias) => !!bias)]
  },
  cost: ({ q }) => ({ flops: 10 * q.width, per: 'pairs' }),
  pairs: ({ queries, keys, sideKeys }) => pairsOfSpans(queries, keys) + pairsOfSpans(queries, sideKeys),
})
