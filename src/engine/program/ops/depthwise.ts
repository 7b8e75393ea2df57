import { defineOp } from '../instructions/op.ts'
import { expectConvolution } from '../operands/convolution.ts'
import { depthwiseGradient } from './depthwise-gradient.ts'

/**
 * Depthwise convolution (SliceNet, Kaiser et al. 2017, 2.1), sentence by sentence: every column has a kernel of its own,
 * y_t = Σ_j w_j ∘ x_{t + (j − before) · dilation}. A row outside the sentence counts as zeros, so before = K − 1 is causal. Sentence b has the
 * rows [spans[b, 0], spans[b, 1]); sentences tile all rows in order. x [T, d], weight [K, d], spans [B, 2] → y [T, d].
 */
export const depthwise = defineOp({
  name: 'depthwise',
  inputs: ['x', 'weight', 'spans'],
  integers: ['spans'],
  weights: ['weight'],
  attributes: { dilation: 'count', before: 'integer' },
  neutral: { dilation: 1 },
  outputs: ['convolved'],
  shapes: ({ x, weight, spans }, { before }) => {
    expectConvolution('depthwise', { x, weight, spans, before })
    return [x]
  },
  cost: ({ x, weight }) => ({ flops: 2 * (weight.rows as number) * x.width, per: x.rows, reads: [weight] }),
  gradient: (p, { inputs: { x, weight, spans }, attributes, dOutputs: [dConvolved], gradients }) => {
    const given = { x, weight, spans, dConvolved, dWeight: p.gradientOf(weight) }
    gradients.contribute(x, depthwiseGradient(p, given, attributes)[0])
  },
})
