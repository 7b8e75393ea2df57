import { defineOp, expectIs } from '../instructions/op.ts'
import { normGradientShapes } from '../operands/norm.ts'
import { normWeightGradient } from './norm-weight-gradient.ts'

/** y = (x − mean) / √(variance + epsilon) · gamma + beta over each row (Ba et al. 2016). x [S, d], gamma, beta [1, d] → y [S, d]. */
export const layerNorm = defineOp({
  name: 'layerNorm',
  inputs: ['x', 'gamma', 'beta'],
  weights: ['gamma', 'beta'],
  attributes: { epsilon: 'number' },
  outputs: ['normed'],
  shapes: ({ x, gamma, beta }) => {
    for (const vector of [gamma, beta]) expectIs('layerNorm', vector, 1, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 8 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x, gamma, beta }, attributes, dOutputs: [dy], gradients }) => {
    const [dx, statistics] = layerNormGradient(p, { x, gamma, dy }, attributes)
    const weights = { dGamma: p.gradientOf(gamma), dBeta: p.gradientOf(beta) }
    normWeightGradient(p, { x, statistics, dy, ...weights })
    gradients.contribute(x, dx)
  },
})

/** x, dy [S, d], gamma [1, d] → dx [S, d], statistics [S, 2]. */
export const layerNormGradient = defineOp({
  name: 'layerNormGradient',
  inputs: ['x', 'gamma', 'dy'],
  attributes: { epsilon: 'number' },
  outputs: ['dx', 'statistics'],
  shapes: (inputs) => normGradientShapes('layerNormGradient', inputs),
  cost: ({ x }) => ({ flops: 14 * x.width, per: x.rows }),
})
