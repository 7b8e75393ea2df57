import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'
import { expectTiles } from '../operands/recurrence.ts'

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

/** Expects a kernel [K, d] for the columns of x [T, d], of which row `before` meets the row of x that is computed. */
function expectConvolution(
  op: string,
  { x, weight, spans, before }: { x: Tensor; weight: Tensor; spans: Tensor; before: number },
): void {
  expectShape(x.width === weight.width, op, `${x} has not the width of ${weight}`)
  const { rows } = weight
  expectShape(typeof rows === 'number' && rows > 0, op, `${weight} must have constant rows`)
  expectShape(before >= 0 && before < rows, op, `before ${before} is no row of ${weight}`)
  expectTiles(op, spans)
}
