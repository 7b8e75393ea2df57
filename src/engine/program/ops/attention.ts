import { pairsOfSpans } from '../../backend/interface/spans.ts'
import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import {
  attendedShapes,
  expectDistanceBias,
  expectDistances,
  expectHeads,
  expectSeed,
  expectSpans,
  pairSymbol,
} from '../operands/attention.ts'

const attributes = {
  heads: 'count',
  scale: 'number',
  causal: 'boolean',
  every: 'count',
  traced: 'boolean',
  dropout: 'number',
  site: 'integer',
} as const

/**
 * Scaled dot-product attention of many heads, paper 3.2, sentence by sentence: Z = softmax(scale · Q Kᵀ) V per head. Sentence b has query
 * rows [queries[b, 0], queries[b, 1]), which must tile all query rows in order, and key rows [keys[b, 0], keys[b, 1]) anywhere. `causal`:
 * query i of a sentence sees keys 0 … i. A query that sees no key gives zeros. With `at` and `every`, query i of sentence b stands at its key
 * at[b] + ⌊i / every⌋, from −1 (before the first) on: up to that key a causal query sees, and from there distances count. `dropout` is the rate at which weights are dropped in
 * training; `site` and `seed` as in the op dropout. With `relativeKeys` and `relativeValues` aᴷ, aⱽ [2 clip + 1, dHead], Shaw et al. 2018
 * eq. 3-4: query i of a sentence meets its key j as k_j + aᴷ_m and v_j + aⱽ_m, row m = clip + j − i, clipped to 0 … 2 clip, in every head.
 * With `distanceBias` b [2 clip + 1, heads], row m of it is added to the products of each head: softmax(scale · (q_i · k_j + b_m)).
 * q [T, heads · dHead], k, v [S, heads · dHead], queries, keys [B, 2], at [B, 1] → z [T, heads · dHead], and with `traced` also the softmax
 * [P, heads], P(queries, keys) = Σ queries · keys of each sentence: row (pairs of the sentences before) + query · keys + key.
 */
export const attention = defineOp({
  name: 'attention',
  inputs: ['q', 'k', 'v', 'queries', 'keys', 'seed?', 'relativeKeys?', 'relativeValues?', 'distanceBias?', 'at?'],
  integers: ['queries', 'keys', 'seed', 'at'],
  narrow: ['k', 'v'],
  weights: ['relativeKeys', 'relativeValues'],
  attributes,
  neutral: { every: 1, scale: 1, dropout: 0 },
  unlisted: ['site'],
  outputs: ['attended', 'weights?'],
  shapes: (inputs, { heads, causal, traced, dropout }) => {
    const { q, k, v, queries, keys, seed, relativeKeys, relativeValues, distanceBias, at } = inputs
    expectHeads('attention', q, k, v, heads)
    expectDistances('attention', q.width / heads, relativeKeys, relativeValues)
    expectDistanceBias('attention', heads, distanceBias)
    expectSpans('attention', queries, keys)
    expectIs('attention', at, queries.rows, 1)
    expectSeed('attention', seed, dropout)
    expectShape(
      k.dtype === 'float32' || !(causal || traced || dropout || relativeKeys || distanceBias),
      'attention',
      `keys in bfloat16 are attended to without causal, weights, dropout, relative keys and bias, not ${k}`,
    )
    return attendedShapes(q, heads, traced && pairSymbol([queries, keys]))
  },
  cost: ({ q }) => ({ flops: 4 * q.width, per: 'pairs' }),
  pairs: ({ queries, keys }) => pairsOfSpans(queries, keys),
  gradient: (p, { inputs, attributes, dOutputs: [dz, dWeights], gradients }) => {
    expectShape(!dWeights, 'attention', 'nothing may depend on the weights in a program that is differentiated')
    const { q, k, v, queries, keys, seed } = inputs
    const { relativeKeys, relativeValues, distanceBias, at } = inputs
    const { heads, scale, causal, every, dropout, site } = attributes
    const relative = relativeKeys &&
      relativeValues && {
        relativeKeys,
        relativeValues,
        dRelativeKeys: p.gradientOf(relativeKeys),
        dRelativeValues: p.gradientOf(relativeValues),
      }
    const given = [
      { q, k, v, queries, keys, dz, seed, ...relative, distanceBias, at },
      { heads, scale, causal, every, dropout, site },
    ] as const
    const into = q.base === k.base ? gradients.columnsFor([q, k, v]) : gradients.columnsFor([q], [k, v])
    if (into) {
      if (distanceBias) {
        into.push(p.planned('dDistanceBias', distanceBias.rows, heads))
        gradients.contribute(distanceBias, into[3])
      }
      return attentionGradient.into(p, into, ...given)
    }
    const made = attentionGradient(p, ...given)
    ;[q, k, v, distanceBias].forEach((tensor, i) => gradients.contribute(tensor, made[i]))
  },
})

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
