import { attentionPairs } from '../../backend/js/attention.ts'
import { attentionGradientKernel, checkAttentionGradient } from '../../backend/js/attention-gradient.ts'
import { defineOp, expectShape } from '../op.ts'

/**
 * Gradients of `attention` by q, k and v; the softmax is computed again. Key spans must not overlap.
 * q, dz [T, heads · dHead], k, v [S, heads · dHead], queries, keys [B, 2] → dq [T, …], dk, dv [S, …]; rows that no span covers get 0.
 */
export const attentionGradient = defineOp({
  name: 'attentionGradient',
  inputs: ['q', 'k', 'v', 'queries', 'keys', 'dz', 'seed?'],
  integers: ['queries', 'keys', 'seed'],
  attributes: { heads: 'number', scale: 'number', causal: 'boolean', dropout: 'number', site: 'number' },
  outputs: ({ q, k, dz }, { heads }) => {
    expectShape(q.width % heads === 0, 'attentionGradient', `${q} cannot be cut into ${heads} heads`)
    expectShape(
      dz.rows === q.rows && dz.width === q.width && k.width === q.width,
      'attentionGradient',
      `${dz} does not fit ${q} and ${k}`,
    )
    return [
      { name: 'dq', rows: q.rows, width: q.width },
      { name: 'dk', rows: k.rows, width: k.width },
      { name: 'dv', rows: k.rows, width: k.width },
    ]
  },
  cost: ({ q }) => ({ flops: 10 * q.width, bytes: 20 * q.width, per: 'pairs' }),
  pairs: attentionPairs,
  check: checkAttentionGradient,
  kernel: attentionGradientKernel,
})
