import { defineOp, expectIs } from '../instructions/op.ts'
import { normGradientShapes } from '../operands/norm.ts'
import { normWeightGradient } from './norm-weight-gradient.ts'

/** y = x / √(mean(x²) + epsilon) · gamma over each row (Zhang & Sennrich 2019). x [S, d], gamma [1, d] → y [S, d]. */
export const rmsNorm = defineOp({
  name: 'rmsNorm',
  inputs: ['x', 'gamma'],
  weights: ['gamma'],
  attributes: { epsilon: 'number' },
  outputs: ['normed'],
  shapes: ({ x, gamma }) => {
    expectIs('rmsNorm', gamma, 1, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 4 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x, gamma }, attributes, dOutputs: [dy], gradients }) => {
    const [dx, statistics] = rmsNormGradient(p, { x, gamma, dy }, attributes)
    normWeightGradient(p, { x, statistics, dy, dGamma: p.gradientOf(gamma) })
    gradients.contribute(x, dx)
  },
})

/** x, dy [S, d], gamma [1, d] → dx [S, d], statistics [S, 2], whose mean is 0. */
export const rmsNormGradient = defineOp({
  name: 'rmsNormGradient',
  inputs: ['x', 'gamma', 'dy'],
  attributes: { epsilon: 'number' },
  outputs: ['dx', 'statistics'],
  shapes: (inputs) => normGradientShapes('rmsNormGradient', inputs),
  cost: ({ x }) => ({ flops: 10 * x.width, per: x.rows }),
})
