import { defineOp, expectIs } from '../instructions/op.ts'
import { expectConvolution } from '../operands/convolution.ts'

/**
 * Gradients of `depthwise`: dx_s = Σ_j w_j ∘ dy_{s − (j − before) · dilation}, and dw_j += Σ_t x_{t + (j − before) · dilation} ∘ dy_t. x, dConvolved
 * [T, d], weight, dWeight [K, d], spans [B, 2] → dx [T, d].
 */
export const depthwiseGradient = defineOp({
  name: 'depthwiseGradient',
  inputs: ['x', 'weight', 'spans', 'dConvolved', 'dWeight'],
  integers: ['spans'],
  writes: ['dWeight'],
  attributes: { dilation: 'count', before: 'integer' },
  neutral: { dilation: 1 },
  outputs: ['dx'],
  shapes: ({ x, weight, spans, dConvolved, dWeight }, { before }) => {
    expectConvolution('depthwiseGradient', { x, weight, spans, before })
    expectIs('depthwiseGradient', dConvolved, x.rows, x.width)
    expectIs('depthwiseGradient', dWeight, weight.rows, weight.width)
    return [x]
  },
  cost: ({ x, weight }) => ({ flops: 4 * (weight.rows as number) * x.width, per: x.rows, reads: [weight] }),
})
