import { defineOp, expectIs } from '../op.ts'
import type { Tensor } from '../tensor.ts'

/** Gradient of a norm by its input, and each row's mean and reciprocal deviation for the gradient of its weights. */
const shapes = (op: string, { x, gamma, dy }: { x: Tensor; gamma: Tensor; dy: Tensor }) => {
  expectIs(op, dy, x.rows, x.width)
  expectIs(op, gamma, 1, x.width)
  return [x, { rows: x.rows, width: 2 }]
}

/** x, dy [S, d], gamma [1, d] → dx [S, d], statistics [S, 2]. */
export const layerNormGradient = defineOp({
  name: 'layerNormGradient',
  inputs: ['x', 'gamma', 'dy'],
  attributes: { epsilon: 'number' },
  outputs: ['dx', 'statistics'],
  shapes: (inputs) => shapes('layerNormGradient', inputs),
  cost: ({ x }) => ({ flops: 14 * x.width, per: x.rows }),
})

/** x, dy [S, d], gamma [1, d] → dx [S, d], statistics [S, 2], whose mean is 0. */
export const rmsNormGradient = defineOp({
  name: 'rmsNormGradient',
  inputs: ['x', 'gamma', 'dy'],
  attributes: { epsilon: 'number' },
  outputs: ['dx', 'statistics'],
  shapes: (inputs) => shapes('rmsNormGradient', inputs),
  cost: ({ x }) => ({ flops: 10 * x.width, per: x.rows }),
})

/** dGamma += Σ dy · (x − mean) / deviation, dBeta += Σ dy. x, dy [S, d], statistics [S, 2], dGamma, dBeta [1, d]. */
export const normWeightGradient = defineOp({
  name: 'normWeightGradient',
  inputs: ['x', 'statistics', 'dy', 'dGamma', 'dBeta?'],
  writes: ['dGamma', 'dBeta'],
  attributes: {},
  outputs: [],
  shapes: ({ x, statistics, dy, dGamma, dBeta }) => {
    expectIs('normWeightGradient', dy, x.rows, x.width)
    expectIs('normWeightGradient', statistics, x.rows, 2)
    for (const d of [dGamma, dBeta]) expectIs('normWeightGradient', d, 1, x.width)
    return []
  },
  cost: ({ x }) => ({ flops: 5 * x.width, per: x.rows }),
})
