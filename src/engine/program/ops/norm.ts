import { defineOp, expectIs } from '../op.ts'
import { layerNormGradient, normWeightGradient, rmsNormGradient } from './norm-gradient.ts'

/** y = (x − mean) / √(variance + epsilon) · gamma + beta over each row (Ba et al. 2016). x [S, d], gamma, beta [1, d] → y [S, d]. */
export const layerNorm = defineOp({
  name: 'layerNorm',
  inputs: ['x', 'gamma', 'beta'],
  attributes: { epsilon: 'number' },
  outputs: ['normed'],
  shapes: ({ x, gamma, beta }) => {
    for (const vector of [gamma, beta]) expectIs('layerNorm', vector, 1, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 8 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x, gamma, beta }, attributes, dOutputs: [dy], gradients }) => {
    const [dx, statistics] = layerNormGradient(p, { x: x!, gamma: gamma!, dy: dy! }, attributes)
    const weights = { dGamma: p.gradientOf(gamma!), dBeta: p.gradientOf(beta!) }
    normWeightGradient(p, { x: x!, statistics, dy: dy!, ...weights })
    gradients.contribute(x, dx)
  },
})

/** y = x / √(mean(x²) + epsilon) · gamma over each row (Zhang & Sennrich 2019). x [S, d], gamma [1, d] → y [S, d]. */
export const rmsNorm = defineOp({
  name: 'rmsNorm',
  inputs: ['x', 'gamma'],
  attributes: { epsilon: 'number' },
  outputs: ['normed'],
  shapes: ({ x, gamma }) => {
    expectIs('rmsNorm', gamma, 1, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 4 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x, gamma }, attributes, dOutputs: [dy], gradients }) => {
    const [dx, statistics] = rmsNormGradient(p, { x: x!, gamma: gamma!, dy: dy! }, attributes)
    normWeightGradient(p, { x: x!, statistics, dy: dy!, dGamma: p.gradientOf(gamma!) })
    gradients.contribute(x, dx)
  },
})
