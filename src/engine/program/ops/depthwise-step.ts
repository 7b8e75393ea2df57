import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * Causal `depthwise` for one new token of each hypothesis: x[r] becomes cache[slots[r]], for all rows before any is read, and
 * y_r = Σ_j w_j ∘ cache[ancestors[spans[r, 1] − 1 − (K − 1 − j) · dilation]], where an ancestor before spans[r, 0] counts as zeros. The last
 * ancestor of a row is its own slot, so that rows of a draft may depend on rows before them in the same step. x [R, d], weight [K, d],
 * slots [R, 1], ancestors [A, 1], spans [R, 2], cache [M, d] → y [R, d].
 */
export const depthwiseStep = defineOp({
  name: 'depthwiseStep',
  inputs: ['x', 'weight', 'slots', 'ancestors', 'spans', 'cache'],
  integers: ['slots', 'ancestors', 'spans'],
  writes: ['cache'],
  attributes: { dilation: 'count' },
  neutral: { dilation: 1 },
  outputs: ['convolved'],
  shapes: ({ x, weight, slots, ancestors, spans, cache }) => {
    expectShape(
      typeof weight.rows === 'number' && weight.rows > 0,
      'depthwiseStep',
      `${weight} must have constant rows, at least one`,
    )
    expectIs('depthwiseStep', weight, weight.rows, x.width)
    expectIs('depthwiseStep', slots, x.rows, 1)
    expectIs('depthwiseStep', ancestors, ancestors.rows, 1)
    expectIs('depthwiseStep', spans, x.rows, 2)
    expectIs('depthwiseStep', cache, cache.rows, x.width)
    return [x]
  },
  cost: ({ x, weight }) => ({ flops: 2 * (weight.rows as number) * x.width, per: x.rows, reads: [weight] }),
})
